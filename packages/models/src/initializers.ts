import type { Rng } from '@d3pm/core';

/** First values of a parameter of `size` numbers, row-major. The same stream gives the same values on every engine. */
export type Initializer = (size: number, rng: Rng) => Float32Array;

export const zeroValues: Initializer = (size) => new Float32Array(size);

export const unitValues: Initializer = (size) => new Float32Array(size).fill(1);

/** Independent normals with mean 0. */
export function normalValues(standardDeviation: number): Initializer {
  return (size, rng) => Float32Array.from({ length: size }, (_, i) => standardDeviation * rng.normal(i));
}

/**
 * Normals of variance gain² / inputs, for a matrix `[inputs, outputs]`: unit variance goes in and gain² comes out.
 *
 * @param gain √2 before a ReLU, which halves the second moment (He et al., 2015). @defaultValue 1
 */
export function fanInValues(inputs: number, gain = 1): Initializer {
  return normalValues(gain / Math.sqrt(inputs));
}

/** The numbers given. */
export function givenValues(values: ArrayLike<number>): Initializer {
  return () => Float32Array.from(values);
}
