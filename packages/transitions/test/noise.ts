import type { NoiseSchedule, NoiseUnit } from '@d3pm/core';

/** A schedule of the values given. */
export const noiseOf = <const U extends NoiseUnit>(unit: U, noise: readonly number[]): NoiseSchedule<U> => ({
  unit,
  numSteps: noise.length,
  noise: Float64Array.from(noise),
});

export const evenly = (start: number, stop: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => start + ((stop - start) * i) / (count - 1));
