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

/** Of a standard normal between −2 and 2. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

/** As {@link fanInValues}, with normals beyond two deviations drawn again, and the variance that this takes put back: 1 / inputs. */
export function truncatedFanInValues(inputs: number): Initializer {
  const deviation = 1 / (TRUNCATED_DEVIATION * Math.sqrt(inputs));
  return (size, rng) =>
    Float32Array.from({ length: size }, (_, i) => {
      let at = i;
      let value = rng.normal(at);
      while (Math.abs(value) > 2) value = rng.normal((at += size));
      return deviation * value;
    });
}

/** Uniform, of mean 0 and variance 2 / (inputs + outputs), for a matrix `[inputs, outputs]` (Glorot and Bengio, 2010). */
export function fanAverageValues(inputs: number, outputs: number): Initializer {
  const limit = Math.sqrt(6 / (inputs + outputs));
  return (size, rng) => Float32Array.from({ length: size }, (_, i) => limit * (2 * rng.float64(i) - 1));
}

/** The numbers given. */
export function givenValues(values: ArrayLike<number>): Initializer {
  return () => Float32Array.from(values);
}
