import { createRng, type States } from '@d3pm/core';
import { featureAccumulator, featureStatistics, mergeStatistics, type FeatureStatistics } from '@d3pm/eval';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { golden, goldenFeatures } from './golden-features.ts';
import { checksum, gaussian, normals, refusal, stateExtractor } from './gaussians.ts';

const statisticsOf = (features: Float32Array | Float64Array, d: number, batchSize = features.length / d): FeatureStatistics => {
  const accumulator = featureAccumulator({ extractor: { id: 'test/identity', checksum, numFeatures: d }, dataId: 'made' });
  for (let i = 0; i < features.length; i += batchSize * d) accumulator.add(features.subarray(i, i + batchSize * d));
  return accumulator.statistics();
};

/** From the definition: the mean first, then every product. */
function twoPass(features: Float32Array | Float64Array, d: number): { readonly mean: number[]; readonly covariance: number[] } {
  const n = features.length / d;
  const rows = Array.from({ length: n }, (_, i) => [...features.subarray(i * d, (i + 1) * d)]);
  const mean = Array.from({ length: d }, (_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / n);
  const covariance = Array.from({ length: d * d }, (_, entry) => {
    const [j, k] = [Math.floor(entry / d), entry % d];
    return rows.reduce((sum, row) => sum + (row[j]! - mean[j]!) * (row[k]! - mean[k]!), 0) / (n - 1);
  });
  return { mean, covariance };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expect(Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(tolerance);
}

describe('featureStatistics', () => {
  it('are those of two passes, under an offset of 10⁴ and variances over eight decades', () => {
    const [n, d] = [700, 7];
    const features = Float64Array.from(normals(n, d, createRng(3)), (x, i) => 1e4 + x * 10 ** (-4 + (i % d)));
    const { mean, covariance } = twoPass(features, d);
    const found = statisticsOf(features, d, 97);
    expectClose(
      found.mean.map((x, j) => x / mean[j]! - 1),
      mean.map(() => 0),
      1e-14,
    );
    const relative = found.covariance.map((x, i) => (x - covariance[i]!) / 10 ** (-8 + Math.floor(i / d) + (i % d)));
    expectClose(
      relative,
      covariance.map(() => 0),
      1e-7,
    );
    const { covariance: c } = found;
    expect(c.every((value, i) => value === c[(i % d) * d + Math.floor(i / d)])).toBe(true);
  });

  it('are those of NumPy', () => {
    golden.sets.forEach((_, s) => {
      const { mean, covariance } = statisticsOf(goldenFeatures(s), golden.numFeatures, 13);
      expectClose(mean.subarray(0, 4), golden.means[s]!, 1e-14);
      expectClose(covariance.subarray(golden.numFeatures, golden.numFeatures + 4), golden.covariances[s]!, 1e-14);
    });
  });

  it('do not change by a digit with the size of batches', () => {
    const features = normals(600, 5, createRng(1));
    const whole = statisticsOf(features, 5);
    for (const batchSize of [1, 7, 256, 300]) expect(statisticsOf(features, 5, batchSize)).toEqual(whole);
  });

  it('may be asked for in between', () => {
    const features = normals(20, 3, createRng(2));
    const accumulator = featureAccumulator({ extractor: { id: 'a', checksum, numFeatures: 3 }, dataId: 'made' });
    accumulator.add(features.subarray(0, 30));
    expectClose(accumulator.statistics().covariance, twoPass(features.subarray(0, 30), 3).covariance, 1e-14);
    accumulator.add(features.subarray(30));
    expectClose(accumulator.statistics().covariance, twoPass(features, 3).covariance, 1e-14);
  });

  it('merge into what one pass over both gives, in either order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 2, max: 40 }),
        fc.nat(),
        fc.constantFrom(0, 100),
        (m, n, seed, mean) => {
          const all = normals(m + n, 4, createRng(seed), { mean });
          const [a, b] = [statisticsOf(all.subarray(0, 4 * m), 4), statisticsOf(all.subarray(4 * m), 4)];
          const whole = statisticsOf(all, 4);
          for (const merged of [mergeStatistics(a, b), mergeStatistics(b, a)]) {
            expect(merged).toMatchObject({ numSamples: m + n, dataId: 'made', extractor: whole.extractor });
            expectClose(merged.mean, whole.mean, 1e-12);
            expectClose(merged.covariance, whole.covariance, 1e-11);
          }
        },
      ),
    );
    const [a, b] = [gaussian([0], [1], { dataId: 'shard 1' }), gaussian([0], [1], { dataId: 'shard 2' })];
    expect(mergeStatistics(a, b).dataId).toBe('shard 1+shard 2');
    expect(mergeStatistics(a, b, { dataId: 'all' }).dataId).toBe('all');
  });

  it('carry the extractor and the data, from a stream of samples', async () => {
    async function* samples(): AsyncGenerator<States> {
      yield { values: Int32Array.of(0, 1, 2, 3), shape: [2, 2] };
      yield { values: Int32Array.of(4, 8), shape: [1, 2] };
    }
    const found = await featureStatistics(samples(), { extractor: stateExtractor(2), dataId: 'three' });
    expect(found).toEqual({
      extractor: { id: 'test/states', checksum },
      dataId: 'three',
      numSamples: 3,
      mean: Float64Array.of(2, 4),
      covariance: Float64Array.of(4, 7, 7, 13),
    });
  });
});

describe('featureStatistics refuses', () => {
  const states = (...values: readonly number[]): States => ({ values: Int32Array.from(values), shape: [values.length / 2, 2] });
  const extractor = stateExtractor(2);
  const giving = (features: Float32Array): typeof extractor => ({
    ...extractor,
    extract: async () => ({ features, classLogProbs: new Float32Array(8) }),
  });
  it.each([
    ['one sample', extractor, [states(1, 2)], /^INVALID_DATA: .*"cats" has 1 samples, expected at least 2/],
    [
      'NaN, naming sample and feature',
      giving(Float32Array.of(0, 0, 0, NaN)),
      [states(1, 2, 3, 4)],
      /^NON_FINITE: .*sample 1 of "cats" has feature 1 NaN/,
    ],
    [
      'infinity',
      giving(Float32Array.of(0, 0, -Infinity, 0)),
      [states(1, 2, 3, 4)],
      /^NON_FINITE: .*sample 1 of "cats" has feature 0 -Infinity/,
    ],
    ['too few features', giving(Float32Array.of(0, 0, 0)), [states(1, 2, 3, 4)], /^SHAPE: .*3 features of 2 samples, expected 2 · 2 = 4/],
    [
      'no class probabilities of a classifier',
      { ...extractor, numClasses: 3 },
      [states(1, 2, 3, 4)],
      /^SHAPE: .*8 classLogProbs of 2 samples, expected 2 · 3 = 6/,
    ],
    ['an extractor without checksum', { ...extractor, checksum: '' }, [], /^INVALID_OPTIONS: .*extractor\.checksum is ""/],
    ['an extractor whose id breaks names', { ...extractor, id: 'a b' }, [], /^INVALID_OPTIONS: .*extractor\.id is "a b"/],
    ['an extractor without features', { ...extractor, numFeatures: 0 }, [], /^INVALID_OPTIONS: .*extractor\.numFeatures is 0/],
    ['an extractor with one class', { ...extractor, numClasses: 1 }, [], /^INVALID_OPTIONS: .*extractor\.numClasses is 1/],
    ['an extractor that extracts nothing', { ...extractor, extract: undefined as never }, [], /^INVALID_OPTIONS: .*extractor\.extract/],
    ['no extractor', undefined as never, [], /^INVALID_OPTIONS: .*extractor is missing/],
  ])('%s', async (_, broken, samples, expected) =>
    expect(await refusal(() => featureStatistics(samples, { extractor: broken, dataId: 'cats' }))).toMatch(expected),
  );

  it('rows in parts and numbers that are none, from an accumulator', async () => {
    const accumulator = featureAccumulator({ extractor: { id: 'a', checksum, numFeatures: 3 }, dataId: 'cats' });
    expect(await refusal(() => accumulator.add(new Float32Array(4)))).toMatch(
      /^SHAPE: .*4 features of "cats" are no whole rows, expected a multiple of 3/,
    );
    accumulator.add(new Float32Array(6));
    expect(await refusal(() => accumulator.add(Float32Array.of(0, 0, 0, 0, -Infinity, 0)))).toMatch(
      /^NON_FINITE: .*sample 3 of "cats" has feature 1 -Infinity/,
    );
    expect(accumulator.statistics().numSamples).toBe(2);
  });
});
