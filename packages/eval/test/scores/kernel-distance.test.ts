import { createRng, type Rng } from '@d3pm/core';
import { kernelDistance, type FeatureSet } from '@d3pm/eval';
import { describe, expect, it } from 'vitest';
import { golden, goldenFeatures } from './golden-features.ts';
import { normals, refusal, set } from './gaussians.ts';
import { replicates } from './replicates.ts';

const d = 4;
const draw = (count: number, rng: Rng, law = {}): FeatureSet => set(normals(count, d, rng, law), d);

/** From the definition, in three sums. */
function bruteForce(x: Float32Array, y: Float32Array): number {
  const row = (values: Float32Array, i: number): number[] => [...values.subarray(i * d, (i + 1) * d)];
  const kernel = (a: number[], b: number[]): number => (a.reduce((sum, value, i) => sum + value * b[i]!, 0) / d + 1) ** 3;
  const mean = (a: Float32Array, b: Float32Array): number => {
    let [sum, pairs] = [0, 0];
    for (let i = 0; i < a.length / d; i++) {
      for (let j = 0; j < b.length / d; j++) {
        if (a === b && i === j) continue;
        sum += kernel(row(a, i), row(b, j));
        pairs += 1;
      }
    }
    return sum / pairs;
  };
  return mean(x, x) + mean(y, y) - 2 * mean(x, y);
}

/** As an estimate and its error. */
async function estimateOf(x: FeatureSet, y: FeatureSet): Promise<{ readonly value: number; readonly standardError: number }> {
  const { distance, standardError } = await kernelDistance(x, y);
  return { value: distance, standardError };
}

describe('kernelDistance', () => {
  it('is its definition, over tiles that are full and that are not', async () => {
    for (const [m, n] of [
      [4, 4],
      [64, 65],
      [130, 7],
    ] as const) {
      const [x, y] = [draw(m, createRng(1)), draw(n, createRng(2), { mean: 0.3 })];
      expect((await kernelDistance(x, y)).distance).toBeCloseTo(bruteForce(x.features, y.features), 11);
    }
  });

  it('is that of NumPy in 64 dimensions, and symmetric', async () => {
    for (const { a, b, kernel } of golden.pairs) {
      const [x, y] = [set(goldenFeatures(a), golden.numFeatures), set(goldenFeatures(b), golden.numFeatures)];
      const [there, back] = [await kernelDistance(x, y), await kernelDistance(y, x)];
      expect(there.distance).toBeCloseTo(kernel, 13);
      expect(back.distance).toBeCloseTo(kernel, 13);
      expect(back.standardError / there.standardError).toBeCloseTo(1, 8);
    }
  });

  it('of two sets of one law is 0 on average, and its error is that of the second order', async () => {
    const { mean, deviation, standardError } = await replicates(1500, (rng) =>
      estimateOf(draw(12, rng.split('a')), draw(20, rng.split('b'))),
    );
    expect(Math.abs(mean)).toBeLessThan((4 * deviation) / Math.sqrt(1500));
    expect(Math.abs(standardError / deviation - 1)).toBeLessThan(0.2);
  });

  it.each([
    ['a shifted law', { mean: 1 }, 30, 30],
    ['a wider law, and sets of different sizes', { scale: 1.5 }, 60, 15],
  ])('knows its error for %s', async (_, law, m, n) => {
    const { mean, deviation, standardError } = await replicates(1200, (rng) =>
      estimateOf(draw(m, rng.split('a')), draw(n, rng.split('b'), law)),
    );
    expect(mean).toBeGreaterThan((2 * deviation) / Math.sqrt(1200));
    expect(Math.abs(standardError / deviation - 1)).toBeLessThan(0.15);
  });

  it('has the customary mean over subsets, which of whole sets is the distance', async () => {
    const [x, y] = [draw(70, createRng(1)), draw(70, createRng(2), { mean: 0.5 })];
    const whole = await kernelDistance(x, y, { subsets: { count: 3, size: 70, rng: createRng(5) } });
    expect(whole.subsets).toMatchObject({ count: 3, size: 70 });
    expect(whole.subsets!.mean).toBeCloseTo(whole.distance, 12);
    expect(whole.subsets!.standardDeviation).toBeLessThan(1e-12);
    const { distance, subsets } = await kernelDistance(x, y, { subsets: { count: 4000, size: 10, rng: createRng(6) } });
    expect(Math.abs(subsets!.mean - distance)).toBeLessThan((4 * subsets!.standardDeviation) / Math.sqrt(4000));
    expect(subsets!.standardDeviation).toBeGreaterThan(whole.standardError);
  });

  it.each([
    ['three samples', draw(3, createRng(1)), /^INVALID_DATA: kernelDistance: "made" has 3 samples, expected at least 4/],
    [
      'NaN, naming the sample',
      set(
        Float32Array.from({ length: 16 }, (_, i) => (i === 9 ? NaN : i)),
        d,
      ),
      /^INVALID_DATA: .*NaN as feature 1 of sample 2/,
    ],
    ['features in part', { ...draw(4, createRng(1)), features: new Float32Array(15) }, /^INVALID_DATA: .*15 features of 4 samples/],
    ['other dimensions', set(normals(8, 2, createRng(1)), 2), /^INVALID_DATA: .*"made" has 2 features, "made" 4/],
    [
      'another extractor',
      { ...draw(9, createRng(1)), extractor: { id: 'other', checksum: '' } },
      /^INVALID_DATA: .*extractor "other".*extractor "test\/identity"/,
    ],
  ])('refuses %s', async (_, bad, expected) => expect(await refusal(() => kernelDistance(bad, draw(9, createRng(2))))).toMatch(expected));

  it('refuses subsets larger than a set', async () => {
    const [x, y] = [draw(9, createRng(1)), draw(8, createRng(2))];
    expect(await refusal(() => kernelDistance(x, y, { subsets: { size: 9, rng: createRng(1) } }))).toMatch(
      /^INVALID_OPTIONS: .*subsets\.size is 9, expected an integer in 2…8/,
    );
  });
});
