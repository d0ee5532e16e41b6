import { setBackend, tensor, tidy, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';

/** Numbers on the host, to be made a tensor on whichever back end is active. */
export interface HostArray {
  readonly shape: number[];
  readonly values: number[];
  readonly dtype?: DataType;
}

export interface HostResult {
  readonly shape: number[];
  readonly dtype: DataType;
  readonly values: number[];
}

/** What `compute` gives on a back end. */
export async function onBackend(name: string, inputs: readonly HostArray[], compute: (...inputs: Tensor[]) => Tensor): Promise<HostResult> {
  await setBackend(name);
  const made = inputs.map(({ values, shape, dtype }) => tensor(values, shape, dtype ?? 'float32'));
  const out = tidy(() => compute(...made));
  const result = { shape: out.shape, dtype: out.dtype, values: Array.from(out.dataSync()) };
  for (const made_ of [...made, out]) made_.dispose();
  return result;
}

/** Largest |left − right| / max(1, |right|). */
export function largestError(left: readonly number[], right: readonly number[]): number {
  return left.reduce((worst, value, i) => {
    const error = Math.abs(value - right[i]!) / Math.max(1, Math.abs(right[i]!));
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}

/** Multiples of 1/8 in [−2, 2]: sums and products of a few of them are exact in float32. */
export function hostArray(shape: number[]): fc.Arbitrary<HostArray> {
  const size = shape.reduce((product, length) => product * length, 1);
  return fc
    .array(
      fc.integer({ min: -16, max: 16 }).map((value) => value / 8),
      { minLength: size, maxLength: size },
    )
    .map((values) => ({ shape, values }));
}
