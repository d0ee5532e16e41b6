import type { Rng } from './rng.ts';

/**
 * `count` numbers on [0, 1), one in each of `count` equal cells, the cells in random order: each
 * number alone is uniform, and together they cover the interval, so an average over them has the
 * expectation of independent draws and less variance.
 */
export function stratifiedUniforms(count: number, rng: Rng): Float64Array {
  const cells = rng.split('cells').permutation(count);
  const offsets = rng.split('offsets');
  return Float64Array.from(cells, (cell, i) => Math.min((cell + offsets.float64(i)) / count, 1 - Number.EPSILON));
}
