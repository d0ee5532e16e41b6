import { clone, gather, reshape, stack, tensor1d, tidy, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { assertClassAxis, assertStates, stepPairs, withGradient, type Steps, type Transition } from '@d3pm/core';
import { assertPositions } from './assert-positions.ts';
import { isLinearSafe, logTableMap, logTableMapGradient, type LogTable, type MapDirection } from './log-table-map.ts';
import { placesOf, stackedMap, stackedMapGradient, stackedStates, type TableStack } from './stacked-tables.ts';
import { inParts, stepGroups, type StepGroup } from './step-groups.ts';

export interface TableMapsOptions {
  readonly name: string;
  readonly numStates: number;
  readonly numSteps: number;
  /** N, when the tables depend on the position. */
  readonly positions: number | undefined;
  /** log Q(s→t) of a position; it stays valid until tables of 2²³ other entries have been asked for. */
  table(s: number, t: number, position: number): LogTable;
}

type StepPairs = { readonly s: Int32Array; readonly t: Int32Array };

/** Examples of a batch that are mapped together. */
type Part = StepGroup | { readonly stack: TableStack; readonly examples: readonly number[] };

/** Entries of the largest stack, of tables or of rows laid out by table, 16 MB: devices keep several times as many, so that none is freed while it is stacked. */
const STACK_ENTRIES = 2 ** 22;

/**
 * The four maps of a transition that is kept as log tables. A batch with many different steps and few
 * rows for each stacks their tables: a handful of operations in place of a handful for each step.
 */
export function tableMaps({
  name,
  numStates,
  numSteps,
  positions,
  table,
}: TableMapsOptions): Pick<Transition, 'pull' | 'pullStates' | 'push' | 'pushStates'> {
  const pairsOf = (caller: string, x: Tensor, s: Steps, t: Steps): StepPairs =>
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

  /** The groups of a batch, those that may be stacked as one part if that is worth it. */
  const partsOf = (
    pairs: StepPairs,
    isStackable: (group: StepGroup) => boolean,
    entries: (stacked: readonly StepGroup[]) => number,
  ): Part[] => {
    const groups = stepGroups(pairs);
    const stacked = positions === undefined ? groups.filter(isStackable) : [];
    if (stacked.length < 2 || entries(stacked) > STACK_ENTRIES) return groups;
    const members = stacked
      .flatMap(({ examples }, at) => examples.map((example) => ({ example, at })))
      .sort((a, b) => a.example - b.example);
    const stack: TableStack = { tables: stacked.map(({ s, t }) => table(s, t, 0)), tableOf: Int32Array.from(members, ({ at }) => at) };
    return [{ stack, examples: members.map(({ example }) => example) }, ...groups.filter((group) => !stacked.includes(group))];
  };

  const rowParts = (pairs: StepPairs, perExample: number): Part[] =>
    partsOf(
      pairs,
      ({ s, t }) => s !== t && isLinearSafe(table(s, t, 0)),
      (stacked) => Math.max(stacked.length * numStates, placesOf(stacked.map(({ examples }) => examples.length)) * perExample) * numStates,
    );

  const mapRows = (direction: MapDirection, x: Tensor, s: Steps, t: Steps): Tensor => {
    assertClassAxis(`${name}.${direction}`, direction === 'push' ? 'logProbs' : 'logLikelihood', x, numStates);
    const pairs = pairsOf(direction, x, s, t);
    const perExample = assertPositions(`${name}.${direction}`, x.shape.slice(0, -1), positions);
    const flat = [x.shape[0]!, perExample, numStates];
    return withGradient(
      [x],
      (input) => {
        const value = inParts([reshape(input, flat)], rowParts(pairs, perExample), (inputs, part) => {
          if ('stack' in part) return stackedMap(inputs[0]!, part.stack, direction);
          if (part.s === part.t) return clone(inputs[0]!);
          return byPosition(inputs, ([rows], n) => logTableMap(rows!, table(part.s, part.t, n), direction));
        });
        return { value: reshape(value, x.shape), saved: [input, value] };
      },
      (dy, input, value) => {
        const gradient = inParts([reshape(dy, flat), reshape(input, flat), value], rowParts(pairs, perExample), (inputs, part) => {
          if ('stack' in part) return stackedMapGradient(inputs[0]!, inputs[1]!, inputs[2]!, part.stack, direction);
          if (part.s === part.t) return clone(inputs[0]!);
          return byPosition(inputs, ([upstream, rows, mapped], n) =>
            logTableMapGradient(upstream!, rows!, mapped!, table(part.s, part.t, n), direction),
          );
        });
        return [reshape(gradient, x.shape)];
      },
    );
  };

  const mapStates = (direction: MapDirection, states: Tensor, s: Steps, t: Steps): Tensor => {
    const caller = `${direction}States`;
    assertStates(`${name}.${caller}`, 'states', states, numStates);
    const pairs = pairsOf(caller, states, s, t);
    const flat = [states.shape[0]!, assertPositions(`${name}.${caller}`, states.shape, positions)];
    return tidy(() => {
      const parts = partsOf(
        pairs,
        () => true,
        (stacked) => stacked.length * numStates ** 2,
      );
      const rows = inParts([reshape(states, flat)], parts, (inputs, part) => {
        if ('stack' in part) return stackedStates(inputs[0]!, part.stack, direction);
        return byPosition(inputs, ([x], n) => {
          const { logProbs } = table(part.s, part.t, n);
          return gather(direction === 'push' ? logProbs : transpose(logProbs), x!);
        });
      });
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
