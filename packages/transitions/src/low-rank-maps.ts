import {
  add,
  cast,
  fill,
  gather,
  keep as keepTensor,
  oneHot,
  reshape,
  tensor,
  tensor2d,
  tidy,
  transpose,
  where,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  assertClassAxis,
  assertStates,
  logAddExp,
  logSumExp,
  stepPairs,
  withGradient,
  type Steps,
  type Survival,
  type Transition,
} from '@d3pm/core';
import { logTableMap, logTableMapGradient, type LogTable, type MapDirection } from './log-table-map.ts';
import { logWeightsOf } from './log-weights.ts';

export interface LowRankMapsOptions {
  readonly name: string;
  readonly numStates: number;
  readonly numSteps: number;
  /** U, `[K·a]`, and V, `[b·K]`. */
  readonly encode: Float64Array;
  readonly decode: Float64Array;
  readonly survival: Survival;
  /** G(s→t), `[a·b]`. */
  mixed(s: number, t: number): Float64Array;
}

/**
 * The four maps of `Q(s→t) = α I + U G V`, in the log domain. Rows go through U, G and V one after the other: O(K (a + b)) a
 * row, as a matrix product for a factor without zeros and as a log-sum-exp over its entries for one with, and a log-sum-exp
 * over the a·b entries of G.
 */
export function lowRankMaps({
  name,
  numStates,
  numSteps,
  encode,
  decode,
  survival,
  mixed,
}: LowRankMapsOptions): Pick<Transition, 'dispose' | 'pull' | 'pullStates' | 'push' | 'pushStates'> {
  const sources = encode.length / numStates;
  const targets = decode.length / numStates;
  const tables = new Map<Float64Array, LogTable>();
  const tableOf = (factor: Float64Array, shape: [number, number]): LogTable => {
    const known = tables.get(factor);
    if (known) return known;
    const logs = Float32Array.from(factor, Math.log);
    const table = { logProbs: keepTensor(tensor2d(logs, shape)), smallest: logs.reduce((least, entry) => Math.min(least, entry), 0) };
    tables.set(factor, table);
    return table;
  };
  const encoder = (): LogTable => tableOf(encode, [numStates, sources]);
  const decoder = (): LogTable => tableOf(decode, [targets, numStates]);

  /** log G of each example, and α. */
  const weightsOf = (caller: string, shape: readonly number[], s: Steps, t: Steps) => {
    const pairs = stepPairs(`${name}.${caller}`, s, t, { batchSize: shape[0]!, numSteps });
    const logs = new Float32Array(shape[0]! * sources * targets);
    pairs.s.forEach((from, b) => logs.set(mixed(from, pairs.t[b]!).map(Math.log), b * sources * targets));
    return {
      logMixed: tensor(logs, [shape[0]!, 1, sources, targets]),
      logKeep: logWeightsOf(survival, pairs, shape.length + 1).logKeep,
    };
  };

  /** log (x G) of rows `[R, a]`, or log (x Gᵀ) of rows `[R, b]`. */
  const throughCore = (rows: Tensor, logMixed: Tensor, direction: MapDirection): Tensor => {
    const [batchSize, isPush] = [logMixed.shape[0]!, direction === 'push'];
    const perExample = rows.shape[0]! / batchSize;
    const wide = reshape(rows, isPush ? [batchSize, perExample, sources, 1] : [batchSize, perExample, 1, targets]);
    const summed = logSumExp(add(wide, logMixed), isPush ? 2 : 3);
    return reshape(summed, [rows.shape[0]!, isPush ? targets : sources]);
  };

  const mapRows = (direction: MapDirection, x: Tensor, s: Steps, t: Steps): Tensor => {
    const argument = direction === 'push' ? 'logProbs' : 'logLikelihood';
    assertClassAxis(`${name}.${direction}`, argument, x, numStates);
    return tidy(() => {
      const { logMixed, logKeep } = weightsOf(direction, x.shape.slice(0, -1), s, t);
      const [first, last] = direction === 'push' ? [encoder(), decoder()] : [decoder(), encoder()];
      const inward = tableMap(reshape(x, [x.size / numStates, numStates]), first, direction);
      const redrawn = tableMap(throughCore(inward, logMixed, direction), last, direction);
      return logAddExp(add(x, logKeep), reshape(redrawn, x.shape));
    });
  };

  const mapStates = (direction: MapDirection, states: Tensor, s: Steps, t: Steps): Tensor => {
    const caller = `${direction}States`;
    assertStates(`${name}.${caller}`, 'states', states, numStates);
    return tidy(() => {
      const { logMixed, logKeep } = weightsOf(caller, states.shape, s, t);
      const [first, last] = direction === 'push' ? [encoder().logProbs, decoder()] : [transpose(decoder().logProbs), encoder()];
      const inward = gather(first, reshape(states, [states.size]));
      const redrawn = reshape(tableMap(throughCore(inward, logMixed, direction), last, direction), [...states.shape, numStates]);
      const onDiagonal = cast(oneHot(states, numStates, 1, 0, 'int32'), 'bool');
      const kept = where(onDiagonal, add(logKeep, zeros(redrawn.shape)), fill(redrawn.shape, -Infinity));
      return logAddExp(kept, redrawn);
    });
  };

  return {
    push: (logProbs, s, t) => mapRows('push', logProbs, s, t),
    pull: (logLikelihood, s, t) => mapRows('pull', logLikelihood, s, t),
    pushStates: (states, s, t) => mapStates('push', states, s, t),
    pullStates: (states, s, t) => mapStates('pull', states, s, t),
    dispose: () => {
      for (const { logProbs } of tables.values()) logProbs.dispose();
      tables.clear();
    },
  };
}

/** {@link logTableMap} with its gradient. */
function tableMap(rows: Tensor, table: LogTable, direction: MapDirection): Tensor {
  return withGradient(
    [rows],
    (input) => {
      const value = logTableMap(input, table, direction);
      return { value, saved: [input, value] };
    },
    (dy, input, value) => [logTableMapGradient(dy, input, value, table, direction)],
  );
}
