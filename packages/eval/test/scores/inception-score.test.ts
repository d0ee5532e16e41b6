import { createRng, type Rng } from '@d3pm/core';
import { inceptionScore } from '@d3pm/eval';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { golden, goldenClassLogProbs } from './golden-features.ts';
import { refusal } from './gaussians.ts';

/** Softmax of `sharpness` times normals, float32. */
function drawn(count: number, numClasses: number, rng: Rng, sharpness = 2): Float32Array {
  const logits = Float64Array.from({ length: count * numClasses }, (_, i) => sharpness * rng.normal(i));
  return Float32Array.from(logits, (logit, i) => {
    const first = i - (i % numClasses);
    return logit - Math.log(logits.subarray(first, first + numClasses).reduce((sum, x) => sum + Math.exp(x), 0));
  });
}

const certain = (classes: readonly number[], numClasses: number): Float32Array =>
  Float32Array.from({ length: classes.length * numClasses }, (_, i) =>
    classes[Math.floor(i / numClasses)] === i % numClasses ? 0 : -Infinity,
  );

describe('inceptionScore', () => {
  it('lies in 1…C', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 2, max: 50 }),
        fc.nat(),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (C, n, seed, sharpness) => {
          const { score } = inceptionScore(drawn(n, C, createRng(seed), sharpness), { numClasses: C, splits: 1 });
          expect(score).toBeGreaterThanOrEqual(1);
          expect(score).toBeLessThanOrEqual(C * (1 + 1e-12));
        },
      ),
    );
  });

  it('is C of certain classes in equal parts, and 1 of samples that all look the same', () => {
    const even = inceptionScore(
      certain(
        Array.from({ length: 4000 }, (_, i) => i % 4),
        4,
      ),
      { numClasses: 4 },
    );
    expect(even.score).toBeCloseTo(4, 12);
    expect(even.standardDeviation).toBeLessThan(1e-12);
    expect(even.warnings).toEqual([]);
    const constant = Float32Array.from({ length: 300 }, (_, i) => Math.log([0.5, 0.3, 0.2][i % 3]!));
    const { score, standardError, splitScores, warnings } = inceptionScore(constant, { numClasses: 3, splits: 1 });
    expect(score).toBeCloseTo(1, 12);
    expect(standardError).toBeCloseTo(0, 12);
    expect([...splitScores]).toEqual([score]);
    expect(warnings).toEqual([]);
  });

  it.each([-800, -740, -Infinity])('is that of the other classes where all samples give one the logarithm %s', (impossible) => {
    const row = (i: number): readonly number[] => [Math.log(i % 2 ? 0.9 : 0.2), Math.log(i % 2 ? 0.1 : 0.8)];
    const indices = Array.from({ length: 40 }, (_, i) => i);
    const two = inceptionScore(Float64Array.from(indices.flatMap(row)), { numClasses: 2, splits: 1 });
    const three = inceptionScore(Float64Array.from(indices.flatMap((i) => [...row(i), impossible])), { numClasses: 3, splits: 1 });
    expect(three.score).toBeCloseTo(two.score, 12);
    expect(three.standardError).toBeCloseTo(two.standardError, 12);
  });

  it('is that of NumPy, in one part and in ten of unequal size', () => {
    for (const { splits, score, standardDeviation } of golden.inception.scores) {
      const report = inceptionScore(goldenClassLogProbs(), { numClasses: golden.inception.numClasses, splits });
      expect(report.score).toBeCloseTo(score, 12);
      expect(report.standardDeviation).toBeCloseTo(standardDeviation, 12);
      expect(report.splitScores).toHaveLength(splits);
    }
  });

  it.each([1, 5])('knows its standard error, in %i splits', (splits) => {
    const reports = Array.from({ length: 600 }, (_, seed) => inceptionScore(drawn(200, 5, createRng(seed)), { numClasses: 5, splits }));
    const mean = reports.reduce((sum, { score }) => sum + score, 0) / reports.length;
    const deviation = Math.sqrt(reports.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / reports.length);
    const error = Math.sqrt(reports.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / reports.length);
    expect(Math.abs(error / deviation - 1)).toBeLessThan(0.12);
  });

  it('says how much too low it is with few samples', () => {
    const average = (count: number): number => {
      const scores = Array.from({ length: 400 }, (_, seed) =>
        Math.log(inceptionScore(drawn(count, 5, createRng(seed)), { numClasses: 5, splits: 1 }).score),
      );
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    };
    const missing = 100 * (1 - Math.exp(average(30) - average(600)));
    const [warning] = inceptionScore(drawn(30, 5, createRng(9)), { numClasses: 5, splits: 1 }).warnings;
    expect(warning).toMatch(/^30 samples a split make the score about [\d.]+ % too low/);
    expect(Math.abs(Number(/about ([\d.]+)/.exec(warning!)![1]) / missing - 1)).toBeLessThan(0.25);
    expect(inceptionScore(drawn(3000, 5, createRng(9)), { numClasses: 5, splits: 1 }).warnings).toEqual([]);
    expect(inceptionScore(certain([0, 0, 0, 0], 5), { numClasses: 5, splits: 1 }).warnings).toEqual([
      expect.stringMatching(/^4 samples a split for 5 classes/),
    ]);
  });

  it.each([
    ['part of a row', new Float32Array(7), { numClasses: 3 }, /^SHAPE: inceptionScore: 7 log-probabilities/],
    [
      'one sample a split',
      certain([0, 1, 0, 1, 0, 1], 2),
      { numClasses: 2, splits: 4 },
      /^INVALID_DATA: .*6 samples in 4 splits, expected at least 2/,
    ],
    ['logits', Float32Array.of(0, -Infinity, 3, 1), { numClasses: 2, splits: 1 }, /^NOT_STOCHASTIC: .*sample 1 sum to 22\.8/],
    ['probabilities', Float32Array.of(1, 0, 0.5, 0.5), { numClasses: 2, splits: 1 }, /^NOT_STOCHASTIC: .*sample 0/],
    ['NaN', Float32Array.of(0, -Infinity, NaN, 0), { numClasses: 2, splits: 1 }, /^NON_FINITE: .*sample 1 has NaN for class 0/],
    ['infinity', Float32Array.of(0, -Infinity, Infinity, 0), { numClasses: 2, splits: 1 }, /^NOT_STOCHASTIC: .*sample 1/],
    ['no class', new Float32Array(4), { numClasses: 1 }, /^INVALID_OPTIONS: .*numClasses is 1/],
    ['no split', new Float32Array(4), { numClasses: 2, splits: 0 }, /^INVALID_OPTIONS: .*splits is 0/],
  ])('refuses %s', async (_, logProbs, options, expected) =>
    expect(await refusal(() => inceptionScore(logProbs, options))).toMatch(expected),
  );
});
