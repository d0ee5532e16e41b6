import { exactMixture, exactPlugIn, forwardChain, klNats as referenceKl, posterior, type Matrix } from '@d3pm/core/testing';
import { describe, expect, it } from 'vitest';
import { exactTerms } from '../src/works/accuracy/log-chain.ts';
import { klNats } from '../src/works/accuracy/log-vector.ts';

const K = 4;
const MASK = 3;
const beta = (t: number): number => t / 7;

/** Uniform and absorbing into an extra mask at once: nothing is symmetric. */
const step = (t: number): Matrix =>
  Array.from({ length: K }, (_, i) =>
    Array.from({ length: K }, (_unused, j) =>
      i === MASK ? Number(j === MASK) : (1 - beta(t)) * Number(i === j) + beta(t) * (j === MASK ? 0.4 : 0.2),
    ),
  );
const oracle = forwardChain({ numSteps: 5, numPositions: 1, step: (t) => step(t), extraMask: MASK });
const chain = { numStates: K, extraMask: MASK, logStep: (t: number) => Float64Array.from(step(t).flat(), Math.log) };

describe('exactTerms', () => {
  it.each([1, 2, 5])('agrees with enumeration in probabilities at t = %i', (t) => {
    const answers = [
      [0.3, -1, 2, 9],
      [40, 0, -40, 0],
    ];
    for (const [x0, xt] of [
      [0, 0],
      [1, 2],
      [2, MASK],
    ] as const) {
      const truth = posterior(oracle, { x0, xt, s: t - 1, t, position: 0 });
      const expected = answers.map((logits) => {
        const input = { logits, xt, position: 0, s: t - 1, t };
        return {
          plugIn: referenceKl(truth, exactPlugIn({ firstStep: 'denoiser' }).logProbs(oracle, input)),
          mixture: referenceKl(truth, exactMixture.logProbs(oracle, input)),
        };
      });
      const found = exactTerms(chain, { x0, xt, t, answers: answers.map((logits) => Float64Array.from(logits)) });
      found.forEach((term, i) => {
        // 1e-10: both are float64; what is left is the cancellation in the sum of the oracle.
        expect(term.plugIn).toBeCloseTo(expected[i]!.plugIn, 10);
        expect(term.mixture).toBeCloseTo(expected[i]!.mixture, 10);
      });
    }
  });
});

describe('klNats', () => {
  it('keeps its digits where both laws are nearly one', () => {
    const tilt = 1e-6;
    const q = Float64Array.of(Math.log(0.5), Math.log(0.5));
    const p = Float64Array.of(Math.log(0.5 + tilt), Math.log(0.5 - tilt));
    // −½ log(1 − 4 tilt²)
    expect(klNats(q, p) / (-0.5 * Math.log1p(-4 * tilt * tilt))).toBeCloseTo(1, 6);
  });

  it('is infinite where p excludes what q has', () =>
    expect(klNats(Float64Array.of(0, -Infinity), Float64Array.of(-Infinity, 0))).toBe(Infinity));
});
