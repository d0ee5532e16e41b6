import { createRng, type Rng } from '@d3pm/core';
import { kernelDistance, kernelDistanceDifference, type FeatureSet, type KernelDifferenceReport } from '@d3pm/eval';
import { describe, expect, it } from 'vitest';
import { normals, refusal, set } from './gaussians.ts';
import { replicates } from './replicates.ts';

const d = 4;
const draw = (count: number, rng: Rng, law = {}): FeatureSet => set(normals(count, d, rng, law), d);

/** Samples near to others, one each, and all moved. */
function besides({ features }: FeatureSet, rng: Rng, { apart, moved }: { readonly apart: number; readonly moved: number }): FeatureSet {
  return set(
    features.map((value, i) => value + moved + apart * rng.normal(i)),
    d,
  );
}

describe('kernelDistanceDifference', () => {
  const [x, z] = [draw(70, createRng(1)), draw(90, createRng(2), { mean: 0.3 })];
  const y = besides(x, createRng(3), { apart: 0.3, moved: 0.2 });

  it('is one kernel distance less the other', async () => {
    const { difference } = await kernelDistanceDifference(x, y, z);
    const distances = [await kernelDistance(x, z), await kernelDistance(y, z)] as const;
    expect(difference).toBeCloseTo(distances[0].distance - distances[1].distance, 11);
    expect(Math.abs(difference)).toBeGreaterThan(1e-3);
  });

  it('has another sign the other way round, and is 0 of the same samples, for certain', async () => {
    const [there, back] = [await kernelDistanceDifference(x, y, z), await kernelDistanceDifference(y, x, z)];
    expect(back.difference).toBeCloseTo(-there.difference, 12);
    expect(back.standardError).toBeCloseTo(there.standardError, 12);
    expect(await kernelDistanceDifference(x, x, z)).toEqual({ difference: 0, standardError: 0 });
  });

  it('has the error of what it is without each sample, taken out one by one', async () => {
    const without = ({ features, numSamples }: FeatureSet, i: number): FeatureSet =>
      set(Float32Array.from([...features.subarray(0, i * d), ...features.subarray((i + 1) * d, numSamples * d)]), d);
    const [a, b, reference] = [draw(7, createRng(4)), draw(7, createRng(5)), draw(5, createRng(6))];
    const variance = async (count: number, of: (i: number) => Promise<KernelDifferenceReport>): Promise<number> => {
      const values = await Promise.all(Array.from({ length: count }, async (_, i) => (await of(i)).difference));
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      return ((count - 1) / count) * values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    };
    const byHand =
      (await variance(7, (i) => kernelDistanceDifference(without(a, i), without(b, i), reference))) +
      (await variance(5, (i) => kernelDistanceDifference(a, b, without(reference, i))));
    expect((await kernelDistanceDifference(a, b, reference)).standardError / Math.sqrt(byHand)).toBeCloseTo(1, 8);
  });

  it.each([
    // The jackknife counts what is of the second order twice, which is all but nothing of the whole where the laws differ.
    ['one law', 0, 0, Math.SQRT2],
    ['two laws', 0.3, 1, 1.15],
  ])('of pairs of %s that are alike knows its error', async (_, moved, sign, most) => {
    const { mean, deviation, standardError } = await replicates(1200, async (rng) => {
      const a = draw(30, rng.split('a'));
      // 0.8² + 0.6² = 1
      const b = besides(
        set(
          a.features.map((value) => 0.8 * value),
          d,
        ),
        rng.split('b'),
        { apart: 0.6, moved },
      );
      const { difference: value, ...error } = await kernelDistanceDifference(a, b, draw(25, rng.split('z'), { mean: 0.5 }));
      return { value, ...error };
    });
    expect(standardError / deviation).toBeGreaterThan(0.9);
    expect(standardError / deviation).toBeLessThan(most);
    expect(Math.abs(mean) < (4 * deviation) / Math.sqrt(1200) ? 0 : Math.sign(mean)).toBe(sign);
  });

  it('of pairs that are alike has a smaller error than two distances', async () => {
    const { standardError } = await kernelDistanceDifference(x, besides(x, createRng(3), { apart: 0.05, moved: 0 }), z);
    expect(standardError).toBeLessThan(0.25 * (await kernelDistance(x, z)).standardError);
  });

  it.each([
    ['two samples', draw(2, createRng(1)), /^INVALID_DATA: kernelDistanceDifference: "made" has 2 samples, expected at least 3/],
    ['no pairs', draw(8, createRng(1)), /^INVALID_DATA: .*"made" has 9 samples, "made" 8, expected pairs/],
    ['other dimensions', set(normals(9, 2, createRng(1)), 2), /^INVALID_DATA: .*sets have 4, 2, 4 features/],
    ['NaN', set(new Float32Array(36).fill(NaN), d), /^INVALID_DATA: .*NaN as feature 0 of sample 0/],
    ['another extractor', { ...draw(9, createRng(1)), extractor: { id: 'other', checksum: '' } }, /^INVALID_DATA: .*extractor "other"/],
  ])('refuses %s', async (_, bad, expected) => {
    expect(await refusal(() => kernelDistanceDifference(draw(9, createRng(2)), bad, draw(9, createRng(3))))).toMatch(expected);
  });
});
