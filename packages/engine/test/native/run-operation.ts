import { engine, tensor, tidy, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

export type Input = readonly [values: ArrayLike<number>, shape: readonly number[]];

/** Outputs for float32 inputs by name. */
export function run(name: string, inputs: Readonly<Record<string, Input>>): number[][] {
  return tidy(() => {
    const made = Object.entries(inputs).map(([key, [values, shape]]) => [key, tensor(Float32Array.from(values), [...shape])]);
    return engine()
      .runKernel<Tensor[]>(name, Object.fromEntries(made) as NamedTensorMap)
      .map((output) => Array.from(output.dataSync()));
  });
}

/** Numbers that do not repeat, float32. */
export const wave = (size: number, seed: number, { spread = 1, mean = 0 } = {}): number[] =>
  Array.from({ length: size }, (_, i) => Math.fround(mean + spread * Math.sin((i + seed) * (i + 2 * seed) * 0.37)));

/** Largest |actual − expected| / max(1, largest |expected|); NaN is an infinite one. */
export function largestError(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return actual.reduce((worst, value, i) => {
    const error = Math.abs(value - expected[i]!) / scale;
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}
