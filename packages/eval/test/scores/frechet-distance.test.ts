import { createRng } from '@d3pm/core';
import { featureAccumulator, frechetDistance, type FeatureStatistics } from '@d3pm/eval';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { golden, goldenFeatures } from './golden-features.ts';
import { checksum, conjugated, diagonal, gaussian, identity, normals, refusal, rotation } from './gaussians.ts';

const distanceOf = (a: FeatureStatistics, b: FeatureStatistics): number => frechetDistance(a, b).distance;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const zeros = (d: number): number[] => new Array<number>(d).fill(0);

const arbVariance = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e3, noNaN: true }));
const arbMean = fc.double({ min: -10, max: 10, noNaN: true });
const arbCommuting = fc.integer({ min: 1, max: 9 }).chain((d) => {
  const vector = <T>(entry: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(entry, { minLength: d, maxLength: d });
  return fc.record({
    seed: fc.nat(),
    means: fc.tuple(vector(arbMean), vector(arbMean)),
    variances: fc.tuple(vector(arbVariance), vector(arbVariance)),
  });
});
const arbSampled = fc.record({
  d: fc.integer({ min: 1, max: 8 }),
  sizes: fc.tuple(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 2, max: 30 })),
  seed: fc.nat(),
});

function sampled(count: number, d: number, seed: number, map?: Float64Array): FeatureStatistics {
  const accumulator = featureAccumulator({ extractor: { id: 'test/identity', checksum, numFeatures: d }, dataId: `sample ${seed}` });
  const rows = normals(count, d, createRng(seed), { scale: 1 + (seed % 3) });
  const mapped = map
    ? Float64Array.from(rows, (_, i) => sum([...map.subarray((i % d) * d, ((i % d) + 1) * d)].map((q, k) => q * rows[i - (i % d) + k]!)))
    : rows;
  accumulator.add(mapped);
  return accumulator.statistics();
}

describe('frechetDistance', () => {
  it('is the closed form of covariances that commute, singular ones too, to 1e-6', () => {
    fc.assert(
      fc.property(arbCommuting, ({ seed, means: [p, q], variances: [v, w] }) => {
        const basis = rotation(p.length, createRng(seed));
        const expected = sum(p.map((x, i) => (x - q[i]!) ** 2)) + sum(v.map((x, i) => (Math.sqrt(x) - Math.sqrt(w[i]!)) ** 2));
        const actual = distanceOf(gaussian(p, conjugated(basis, v)), gaussian(q, conjugated(basis, w)));
        // Rounding is relative to the variances, of which the distance may be a small rest.
        expect(Math.abs(actual - expected)).toBeLessThan(1e-6 * Math.max(1, expected, ...v, ...w));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['one dimension', gaussian([1], [4]), gaussian([-2], [9]), 9 + 1],
    ['means alone', gaussian([1, 2], identity(2)), gaussian([4, -2], identity(2)), 25],
    ['a scale', gaussian([0, 0], [2, 1, 1, 3]), gaussian([0, 0], [18, 9, 9, 27]), 4 * 5],
    ['diagonals', gaussian([0, 0, 0], diagonal([1, 4, 9])), gaussian([0, 0, 0], diagonal([4, 4, 1])), 1 + 0 + 4],
    ['a point and a law', gaussian([0, 0], [0, 0, 0, 0]), gaussian([3, 0], [2, 1, 1, 5]), 9 + 7],
    ['two points', gaussian([0], [0]), gaussian([2], [0]), 4],
    ['lines at right angles', gaussian([0, 0], [1, 0, 0, 0]), gaussian([0, 0], [0, 0, 0, 4]), 5],
    // Σ_b = diag(1, 0) and Σ_a = [[2, 1], [1, 2]] do not commute: tr (Σ_a Σ_b)^½ = √2.
    ['a line and a plane', gaussian([0, 0], [2, 1, 1, 2]), gaussian([0, 0], [1, 0, 0, 0]), 5 - 2 * Math.SQRT2],
    // The eigenvalues of Σ_a Σ_b = [[2, 3], [1, 6]] are 4 ± √7, and (√λ₁ + √λ₂)² = 8 + 2 · 3.
    ['covariances that do not commute', gaussian([0, 0], [2, 1, 1, 2]), gaussian([0, 0], [1, 0, 0, 3]), 8 - 2 * Math.sqrt(14)],
  ])('is right of %s', (_, a, b, expected) => {
    expect(Math.abs(distanceOf(a, b) - expected)).toBeLessThan(1e-6 * expected);
    expect(Math.abs(distanceOf(b, a) - expected)).toBeLessThan(1e-6 * expected);
  });

  it('obeys the laws of a distance, with few samples too', () => {
    fc.assert(
      fc.property(arbSampled, ({ d, sizes: [m, n], seed }) => {
        const [a, b] = [sampled(m, d, seed), sampled(n, d, seed + 1)];
        const distance = distanceOf(a, b);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(Math.abs(distanceOf(b, a) - distance)).toBeLessThan(1e-6);
        expect(distanceOf(a, a)).toBeLessThan(1e-6);
      }),
    );
  });

  it('does not see a rotation or a reordering of the features', () => {
    fc.assert(
      fc.property(arbSampled, ({ d, sizes: [m, n], seed }) => {
        const expected = distanceOf(sampled(m, d, seed), sampled(n, d, seed + 1));
        const order = createRng(seed).permutation(d);
        const reordering = Float64Array.from({ length: d * d }, (_, i) => (order[Math.floor(i / d)] === i % d ? 1 : 0));
        for (const map of [rotation(d, createRng(seed + 2)), reordering]) {
          expect(Math.abs(distanceOf(sampled(m, d, seed, map), sampled(n, d, seed + 1, map)) - expected)).toBeLessThan(
            1e-6 * (1 + expected),
          );
        }
      }),
    );
  });

  it('is that of SciPy in 64 dimensions, and of fewer samples than dimensions', () => {
    const sets = golden.sets.map((_, s) => {
      const accumulator = featureAccumulator({ extractor: { id: 'a', checksum, numFeatures: golden.numFeatures }, dataId: `set ${s}` });
      accumulator.add(goldenFeatures(s));
      return accumulator.statistics();
    });
    for (const { a, b, frechet } of golden.pairs) expect(Math.abs(distanceOf(sets[a]!, sets[b]!) / frechet - 1)).toBeLessThan(1e-6);
  });

  it('[41] warns of fewer samples than ten a dimension, and says when the covariance is singular', () => {
    const [few, more, enough] = [2, 19, 20].map((numSamples) => gaussian([0, 0], identity(2), { dataId: 'few', numSamples })) as [
      FeatureStatistics,
      FeatureStatistics,
      FeatureStatistics,
    ];
    expect(frechetDistance(enough, enough).warnings).toEqual([]);
    expect(frechetDistance(enough, few).warnings).toEqual([
      expect.stringMatching(/^2 samples of "few" in 2 dimensions: .*singular.*biased upwards/),
    ]);
    expect(frechetDistance(few, few).warnings).toHaveLength(2);
    // (2 + 5) / (4 · 19)
    expect(frechetDistance(more, enough).warnings).toEqual([
      expect.stringMatching(
        /^19 samples of "few" in 2 dimensions: .*biased upwards, by up to about 9\.2 % of the variance .*take 20 or more/,
      ),
    ]);
  });

  it.each([24, 120, 239])('is as much too high with %i samples in 24 dimensions as its warning says', (n) => {
    const d = 24;
    const truth = gaussian(zeros(d), identity(d), { numSamples: 10_000 });
    const reports = Array.from({ length: 60 }, (_, seed) => frechetDistance(sampled(n, d, 3 * seed), truth));
    const mean = sum(reports.map(({ distance }) => distance)) / reports.length;
    const said = n === d ? (100 * (d + 5)) / (4 * d) : Number(/about ([\d.]+) %/.exec(reports[0]!.warnings[0]!)![1]);
    // The first order is what is said; the second adds some per cent at five samples a dimension, and a quarter where the covariance is singular.
    expect(mean / ((d * said) / 100)).toBeGreaterThan(0.95);
    expect(mean / ((d * said) / 100)).toBeLessThan(n === d ? 1.4 : 1.1);
  });
});

describe('frechetDistance refuses', () => {
  const good = gaussian(zeros(2), identity(2), { dataId: 'good' });
  const other = { id: 'other/layer', checksum };
  it.each([
    ['another extractor', { ...good, extractor: other }, /"good" are of extractor "test\/identity".*of extractor "other\/layer"/],
    ['other weights', { ...good, extractor: { ...good.extractor, checksum: 'cd'.repeat(32) } }, /weights "abab.*weights "cdcd/],
    ['one sample', { ...good, numSamples: 1 }, /of 1 samples, expected at least 2/],
    ['NaN in the mean', gaussian([0, NaN], identity(2)), /"made" have NaN as mean of feature 1/],
    ['NaN in the covariance', gaussian([0, 0], [1, 0, NaN, 1]), /have NaN as covariance of features 1 and 0/],
    ['a covariance of another size', gaussian([0, 0], identity(3)), /a mean of 2 and a covariance of 9/],
    ['nothing', gaussian([], []), /a mean of 0/],
    ['other dimensions', gaussian(zeros(3), identity(3)), /"good" has 2 features, "made" has 3/],
    ['a matrix that is not symmetric', gaussian([0, 0], [1, 0.5, 0.4, 1]), /no covariance: entries \(1, 0\) and \(0, 1\)/],
    ['a negative variance', gaussian([0, 0], diagonal([1, -1e-5])), /"made" is no covariance: .*negative eigenvalue/],
    ['a correlation above 1', gaussian([0, 0], [1, 2, 2, 1]), /negative eigenvalue/],
    ['a correlation of what does not vary', gaussian([0, 0], [0, 1e-3, 1e-3, 0]), /negative eigenvalue/],
    ['squares that overflow', gaussian([1e200, 0], identity(2)), /distance is Infinity/],
  ])('[41] %s', async (_, bad, expected) => {
    expect(await refusal(() => frechetDistance(good, bad))).toMatch(new RegExp(`^INVALID_DATA: frechetDistance: .*${expected.source}`));
  });

  it('and takes an eigenvalue that rounding has put below 0', () => {
    expect(distanceOf(good, gaussian([0, 0], diagonal([1, -1e-12])))).toBeCloseTo(1, 6);
  });
});
