import { createRng } from '@d3pm/core';

/** Rows of independent numbers around 0. */
export function randomEmbeddings(K: number, numDimensions: number, seed: number): { values: Float64Array; numDimensions: number } {
  const rng = createRng(seed);
  return { values: Float64Array.from({ length: K * numDimensions }, (_, at) => 2 * rng.float64(at) - 1), numDimensions };
}

export const rowsOf = ({ values, numDimensions }: { readonly values: Float64Array; readonly numDimensions: number }): number[][] =>
  Array.from({ length: values.length / numDimensions }, (_, i) => [...values.subarray(i * numDimensions, (i + 1) * numDimensions)]);
