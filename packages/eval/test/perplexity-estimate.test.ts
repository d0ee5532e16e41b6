import fc from 'fast-check';
import { createRng } from '@d3pm/core';
import { describe, expect, it } from 'vitest';
import { evenlySpaced, perplexityEstimate } from '@d3pm/eval';

describe('perplexity per word', () => {
  it('is exp of all nats by all words, not a mean of examples', () => {
    const { perplexity, words } = perplexityEstimate({ nats: [10, 30], words: [1, 9] });
    expect(perplexity).toBeCloseTo(Math.exp(4), 10);
    expect(words).toBe(10);
  });

  it('has the error of the ratio by the delta method', () => {
    // R = 40/20, residuals −1, 1 and 0, so Σ d² / (n − 1) = 1 and SE(R) = 1 / (√3 · 20/3).
    const { perplexity, standardError } = perplexityEstimate({ nats: [9, 17, 14], words: [5, 8, 7] });
    expect(perplexity).toBeCloseTo(Math.exp(2), 10);
    expect(standardError).toBeCloseTo((Math.exp(2) * 3) / (Math.sqrt(3) * 20), 10);
  });

  it('has no error where every word has the same nats, however many words an example has', () => {
    const words = [3, 90, 41, 7];
    expect(perplexityEstimate({ nats: words.map((count) => 1.5 * count), words }).standardError).toBeLessThan(1e-12);
  });

  it('has the spread that new examples show', () => {
    const rng = createRng(11);
    // Nats fall where words rise, as with short words in place of rare ones.
    const draw = (replicate: number): { nats: number[]; words: number[] } => {
      const uniforms = rng.split('replicate', replicate).float64s(400);
      const words = Array.from({ length: 200 }, (_, i) => 80 + Math.floor(40 * uniforms[2 * i]!));
      return { words, nats: words.map((count, i) => 700 - 2 * count + 60 * (uniforms[2 * i + 1]! - 0.5)) };
    };
    const estimates = Array.from({ length: 400 }, (_, replicate) => perplexityEstimate(draw(replicate)));
    const mean = estimates.reduce((sum, { perplexity }) => sum + perplexity, 0) / 400;
    const spread = Math.sqrt(estimates.reduce((sum, { perplexity }) => sum + (perplexity - mean) ** 2, 0) / 399);
    const claimed = estimates.reduce((sum, { standardError }) => sum + standardError, 0) / 400;
    // The spread of 400 is known to 1/√800 of itself; four of these.
    expect(Math.abs(claimed / spread - 1)).toBeLessThan(0.14);
  });

  it.each([
    [{ nats: [], words: [] }, '0 examples have nats and 0 have words'],
    [{ nats: [1, 2], words: [1] }, '2 examples have nats and 1 have words'],
    [{ nats: [1, 2], words: [0, 0] }, '0 words in all'],
    [{ nats: [1, 2], words: [NaN, 1] }, 'NaN words in all'],
  ])('refuses %j', (input, message) => {
    expect(() => perplexityEstimate(input)).toThrow(message);
  });
});

describe('evenly spaced examples', () => {
  it('are different, in order, in the data, and the same in parts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(499), fc.nat(500), (size, less, cut) => {
        const count = Math.max(1, size - less);
        const all = evenlySpaced({ size, count });
        const at = Math.min(cut, count);
        expect([...evenlySpaced({ size, count, to: at }), ...evenlySpaced({ size, count, from: at })]).toEqual(all);
        expect(new Set(all).size).toBe(count);
        expect(all).toEqual(all.toSorted((a, b) => a - b));
        expect([all[0]! >= 0, all.at(-1)! < size]).toEqual([true, true]);
      }),
    );
  });
});
