import { clone, gather, reshape, stack, tensor1d, tidy, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { assertClassAxis, assertStates, D3pmError, stepPairs, withGradient, type Steps, type Transition } from '@d3pm/core';
import { byStepPair } from './by-step-pair.ts';
import { logTableMap, logTableMapGradient, type LogTable, type MapDirection } from './log-table-map.ts';

export interface TableMapsOptions {
  readonly name: string;
  readonly numStates: number;
  readonly numSteps: number;
  /** N, when the tables depend on the position. */
  readonly positions: number | undefined;
  /** log Q(s→t) of a position; it stays valid at least until the next call. */
  table(s: number, t: number, position: number): LogTable;
}

/** The four maps of a transition that is kept as log tables. */
export function tableMaps({
  name,
  numStates,
  numSteps,
  positions,
  table,
}: TableMapsOptions): Pick<Transition, 'pull' | 'pullStates' | 'push' | 'pushStates'> {
  const pairsOf = (caller: string, x: Tensor, s: Steps, t: Steps): { readonly s: Int32Array; readonly t: Int32Array } =>
    stepPairs(`${name}.${caller}`, s, t, { batchSize: x.shape[0]!, numSteps });

  /** Applies `map` to `[R, …]` of all positions together, or to those of each position. Inputs are `[b, P, …]`. */
  const byPosition = (inputs: readonly Tensor[], map: (parts: Tensor[], position: number) => Tensor): Tensor => {
    const [batchSize, perExample] = inputs[0]!.shape as [number, number];
    if (positions === undefined) {
      const rows = inputs.map((input) => reshape(input, [batchSize * perExample, ...input.shape.slice(2)]));
      return reshape(map(rows, 0), [batchSize, perExample, numStates]);
    }
    const at = (input: Tensor, n: number): Tensor =>
      reshape(gather(input, tensor1d([n], 'int32'), 1), [batchSize, ...input.shape.slice(2)]);
    return stack(
      Array.from({ length: positions }, (_, n) =>
        map(
          inputs.map((input) => at(input, n)),
          n,
        ),
      ),
      1,
    );
  };

  const assertPositions = (caller: string, shape: readonly number[]): number => {
    const perExample = shape.slice(1).reduce((product, size) => product * size, 1);
    if (positions !== undefined && perExample !== positions) {
      throw new D3pmError(
        'SHAPE',
        `${name}.${caller}: ${perExample} positions in each example, expected ${positions}: Q depends on the position`,
      );
    }
    return perExample;
  };

  const mapRows = (direction: MapDirection, x: Tensor, s: Steps, t: Steps): Tensor => {
    assertClassAxis(`${name}.${direction}`, direction === 'push' ? 'logProbs' : 'logLikelihood', x, numStates);
    const pairs = pairsOf(direction, x, s, t);
    const flat = [x.shape[0]!, assertPositions(direction, x.shape.slice(0, -1)), numStates];
    return withGradient(
      [x],
      (input) => {
        const value = byStepPair([reshape(input, flat)], pairs, (parts, from, to) =>
          from === to ? clone(parts[0]!) : byPosition(parts, ([rows], n) => logTableMap(rows!, table(from, to, n), direction)),
        );
        return { value: reshape(value, x.shape), saved: [input, value] };
      },
      (dy, input, value) => {
        const gradient = byStepPair([reshape(dy, flat), reshape(input, flat), value], pairs, (parts, from, to) =>
          from === to
            ? clone(parts[0]!)
            : byPosition(parts, ([upstream, rows, mapped], n) =>
                logTableMapGradient(upstream!, rows!, mapped!, table(from, to, n), direction),
              ),
        );
        return [reshape(gradient, x.shape)];
      },
    );
  };

  const mapStates = (direction: MapDirection, states: Tensor, s: Steps, t: Steps): Tensor => {
    const caller = `${direction}States`;
    assertStates(`${name}.${caller}`, 'states', states);
    const pairs = pairsOf(caller, states, s, t);
    const flat = [states.shape[0]!, assertPositions(caller, states.shape)];
    return tidy(() => {
      const rows = byStepPair([reshape(states, flat)], pairs, (parts, from, to) =>
        byPosition(parts, ([x], n) => {
          const { logProbs } = table(from, to, n);
          return gather(direction === 'push' ? logProbs : transpose(logProbs), x!);
        }),
      );
      return reshape(rows, [...states.shape, numStates]);
    });
  };

  return {
    push: (logProbs, s, t) => mapRows('push', logProbs, s, t),
    pull: (logLikelihood, s, t) => mapRows('pull', logLikelihood, s, t),
    pushStates: (states, s, t) => mapStates('push', states, s, t),
    pullStates: (states, s, t) => mapStates('pull', states, s, t),
  };
}
