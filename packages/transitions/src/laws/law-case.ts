import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { Steps, Transition } from '@d3pm/core';

/** What a law is tried on: three times, a distribution, a likelihood and a few states. */
export interface LawCase {
  readonly transition: Transition;
  /** 0 ≤ r ≤ s ≤ t ≤ T */
  readonly r: number;
  readonly s: number;
  readonly t: number;
  /** log p, `[K]`; `exp` sums to 1. */
  readonly logProbs: readonly number[];
  /** log l, `[K]`; −∞ may occur. */
  readonly logLikelihood: readonly number[];
  /** A few of 0…K−1. */
  readonly states: readonly number[];
}

/** Positions of one example in the tensors of the laws. */
export function positionCount({ positions = 1 }: Transition): number {
  return positions;
}

/** Their numbers, 0…N−1. */
export function positionsIn(transition: Transition): number[] {
  return [...Array(positionCount(transition)).keys()];
}

/** The part of `[rows, positions, K]` that is one row at one position. */
export function entriesAt(entries: Float32Array, { positions = 1, numStates }: Transition, row: number, position: number): Float32Array {
  return entries.subarray((row * positions + position) * numStates, (row * positions + position + 1) * numStates);
}

/** `push` or `pull` of rows `[K]`, each at every position: the entries `[rows, positions, K]`. */
export function mapped(
  transition: Transition,
  map: 'pull' | 'push',
  rows: readonly (readonly number[])[],
  s: Steps,
  t: Steps,
): Float32Array {
  const count = positionCount(transition);
  return read(() =>
    transition[map](
      tensor(rows.flatMap((row) => new Array<readonly number[]>(count).fill(row)).flat(), [rows.length, count, transition.numStates]),
      s,
      t,
    ),
  );
}

/** `pushStates` or `pullStates` of states, each at every position: `[states, positions, K]`. */
export function mappedStates(
  transition: Transition,
  map: 'pullStates' | 'pushStates',
  states: readonly number[],
  s: Steps,
  t: Steps,
): Float32Array {
  const count = positionCount(transition);
  return read(() => transition[map](statesTensor(states, count), s, t));
}

export function statesTensor(states: readonly number[], positions: number): Tensor {
  return tensor(
    states.flatMap((state) => new Array<number>(positions).fill(state)),
    [states.length, positions],
    'int32',
  );
}

/** The entries of a tensor that is disposed with everything made on the way. */
export function read(make: () => Tensor): Float32Array {
  const result = tidy(make);
  try {
    return result.dataSync<'float32'>().slice();
  } finally {
    result.dispose();
  }
}

/** log Σ exp in float64. */
export function logSumExpOf(values: ArrayLike<number>): number {
  let top = -Infinity;
  for (let i = 0; i < values.length; i++) top = Math.max(top, values[i]!);
  if (top === -Infinity) return top;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i]! - top);
  return top + Math.log(sum);
}

/** Row `i` and column `j` of a K×K matrix. */
export const rowOf = (matrix: Float64Array, numStates: number, i: number): Float64Array =>
  matrix.subarray(i * numStates, (i + 1) * numStates);
export const columnOf = (matrix: Float64Array, numStates: number, j: number): Float64Array =>
  Float64Array.from({ length: numStates }, (_, i) => matrix[i * numStates + j]!);
