import { D3pmError, type Rng, type States } from '@d3pm/core';
import type { FeatureExtractor, FeatureSet, FeatureStatistics } from '@d3pm/eval';

export const checksum = 'ab'.repeat(32);

/** Statistics of which only the law matters. */
export function gaussian(
  mean: ArrayLike<number>,
  covariance: ArrayLike<number>,
  change: Partial<FeatureStatistics> = {},
): FeatureStatistics {
  const [m, c] = [Float64Array.from(mean), Float64Array.from(covariance)];
  return { extractor: { id: 'test/identity', checksum }, dataId: 'made', numSamples: 10_000, mean: m, covariance: c, ...change };
}

export const diagonal = (variances: readonly number[]): Float64Array => conjugated(identity(variances.length), variances);

export function identity(d: number): Float64Array {
  return Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0));
}

/** Q diag(variances) Qᵀ */
export function conjugated(q: Float64Array, variances: readonly number[]): Float64Array {
  const d = variances.length;
  return Float64Array.from({ length: d * d }, (_, entry) => {
    const [i, j] = [Math.floor(entry / d), entry % d];
    return variances.reduce((sum, variance, k) => sum + q[i * d + k]! * variance * q[j * d + k]!, 0);
  });
}

/** An orthogonal matrix: a product of d reflections. */
export function rotation(d: number, rng: Rng): Float64Array {
  const q = identity(d);
  for (let r = 0; r < d; r++) {
    const v = Array.from({ length: d }, (_, i) => rng.split(r).normal(i));
    const square = v.reduce((sum, x) => sum + x * x, 0);
    for (let row = 0; row < d; row++) {
      const along = v.reduce((sum, x, k) => sum + x * q[row * d + k]!, 0);
      v.forEach((x, k) => (q[row * d + k]! -= (2 * along * x) / square));
    }
  }
  return q;
}

/** Rows of independent normals, `[count·d]`. */
export function normals(count: number, d: number, rng: Rng, { mean = 0, scale = 1 } = {}): Float32Array {
  return Float32Array.from({ length: count * d }, (_, i) => mean + scale * rng.normal(i));
}

export function set(features: Float32Array, d: number, dataId = 'made'): FeatureSet {
  return { extractor: { id: 'test/identity', checksum }, dataId, numSamples: features.length / d, features };
}

/** States as they are for features; the first of them is the class, nearly certain. */
export function stateExtractor(
  d: number,
  { numClasses = 4, id = 'test/states' } = {},
): FeatureExtractor & { readonly calls: () => number } {
  let calls = 0;
  return {
    id,
    checksum,
    numFeatures: d,
    numClasses,
    extract: async ({ values, shape }: States) => {
      calls += 1;
      const classLogProbs = new Float32Array(shape[0]! * numClasses).fill(Math.log(0.01 / (numClasses - 1)));
      for (let b = 0; b < shape[0]!; b++) classLogProbs[b * numClasses + (values[b * d]! % numClasses)] = Math.log(0.99);
      return { features: Float32Array.from(values), classLogProbs };
    },
    calls: () => calls,
  };
}

/** What a call refuses, as `CODE: message`. */
export async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return `${(error as D3pmError).code}: ${(error as Error).message}`;
  }
  return 'no error';
}
