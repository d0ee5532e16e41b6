import { describe, expect, it } from 'vitest';
import { expectSampledFrom, seededUniforms } from '@d3pm/core/testing';

const probs = [0.5, 0.3, 0.199, 0.001, 0];
const draw = (weights: readonly number[], count: number): number[] => {
  const next = seededUniforms(11);
  const counts = weights.map(() => 0);
  for (let i = 0; i < count; i++) {
    let rest = next();
    counts[weights.findIndex((weight) => (rest -= weight) < 0)]!++;
  }
  return counts;
};

describe('expectSampledFrom', () => {
  it('accepts a sample of the law', () => {
    expect(() => expectSampledFrom(draw(probs, 50_000), probs)).not.toThrow();
  });

  it('refuses a law that is off by 2 %, and a rare outcome that is missing', () => {
    expect(() => expectSampledFrom(draw([0.52, 0.28, 0.199, 0.001, 0], 50_000), probs)).toThrow(/χ²/);
    expect(() => expectSampledFrom(draw([0.501, 0.3, 0.199, 0, 0], 100_000), probs)).toThrow(/χ²/);
  });

  it('refuses an impossible outcome, were it drawn once, and counts of another length', () => {
    expect(() => expectSampledFrom([500, 300, 199, 1, 1], probs)).toThrow(/outcome 4 is impossible/);
    expect(() => expectSampledFrom([1], probs)).toThrow(/1 counts for 5/);
  });
});
