import type { Rng } from '@d3pm/core';

/**
 * `count` numbers on [0, 1), one in each of `count` equal strata, in random order. Each is uniform by itself, so an average over them
 * has the expectation of independent draws, and less variance.
 */
export function stratifiedUniforms(count: number, rng: Rng): Float64Array {
  const strata = rng.split('strata').permutation(count);
  return Float64Array.from(strata, (stratum, i) => (stratum + rng.float64(i)) / count);
}
