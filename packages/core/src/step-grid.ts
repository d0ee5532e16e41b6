import { assertInteger } from './assert.ts';

/**
 * The grid t_i = ⌈iT/n⌉, i = 0…n, of n of T steps (Section 3.3): step i uses Q(t_{i−1}→t_i). n need not divide T.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless 1 ≤ n ≤ T.
 */
export function stepGrid(numSteps: number, count: number): Int32Array {
  assertInteger('stepGrid', 'count', count, 1, numSteps);
  return Int32Array.from({ length: count + 1 }, (_, i) => Math.ceil((i * numSteps) / count));
}
