import './engine.ts';
import { tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { logNormalize, truncatedLogisticLogits } from '../src/index.ts';
import { expectAllClose } from '../src/testing/index.ts';

const logSigmoid = (x: number): number => (x < 0 ? x - Math.log1p(Math.exp(x)) : -Math.log1p(Math.exp(-x)));

/** Appendix A.8 in float64: softmax over bins of the log-probability of each, by exact interval probabilities. */
function paperLogProbs(xt: number, shift: number, logScale: number, K: number): number[] {
  const mean = Math.tanh((2 * xt) / (K - 1) - 1 + shift);
  const inverse = Math.exp(2 - logScale);
  const logits = Array.from({ length: K }, (_, k) => {
    const centre = -1 + (2 * k) / (K - 1);
    const [upper, lower] = [inverse * (centre - mean + 1 / (K - 1)), inverse * (centre - mean - 1 / (K - 1))];
    // log(σ(u) − σ(l)), from the side on which both are small
    const [a, b] = upper + lower > 0 ? [logSigmoid(-lower), logSigmoid(-upper)] : [logSigmoid(upper), logSigmoid(lower)];
    return a + Math.log(-Math.expm1(b - a));
  });
  const top = Math.max(...logits);
  const total = top + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - top), 0));
  return logits.map((x) => x - total);
}

it.each([
  [0, 0, 0, 256],
  [255, 0.3, -1, 256],
  [128, -0.2, -3, 256],
  [10, 0, -7, 256],
  [3, 0.1, 2, 17],
])('is the discretised logistic of A.8 for x_t = %d, μ′ = %d, s = %d, K = %d', (xt, shift, logScale, K) => {
  const logits = truncatedLogisticLogits({
    xt: tensor2d([[xt]], [1, 1], 'int32'),
    shift: tensor2d([[shift]]),
    logScale: tensor2d([[logScale]]),
    numStates: K,
  });
  // Logits of hundreds to thousands in float32: relative rounding of 2⁻²² of the largest.
  expectAllClose(logNormalize(logits), paperLogProbs(xt, shift, logScale, K), { rtol: 2e-5, atol: 2e-4 });
});

it('falls alike on both sides of the mean, where the authors’ code floors one', () => {
  const K = 255;
  const logits = truncatedLogisticLogits({
    xt: tensor2d([[127]], [1, 1], 'int32'),
    shift: tensor2d([[0]]),
    logScale: tensor2d([[-3]]),
    numStates: K,
  });
  const values = logits.dataSync();
  for (let k = 0; k < K; k++) expect(Math.abs(values[k]! - values[K - 1 - k]!)).toBeLessThan(1e-3);
  expect(values[0]).toBeLessThan(-100);
});

/** The authors' logits as they are written, log σ(u) + log(1 − e^{log σ(l) − log σ(u)} + 10⁻⁶), in float64. */
function flooredLogProbs(xt: number, shift: number, logScale: number, K: number): number[] {
  const mean = Math.tanh((2 * xt) / (K - 1) - 1 + shift);
  const inverse = Math.exp(2 - logScale);
  const logits = Array.from({ length: K }, (_, k) => {
    const centre = -1 + (2 * k) / (K - 1);
    const [a, b] = [1, -1].map((side) => logSigmoid(inverse * (centre - mean + side / (K - 1)))) as [number, number];
    return a + Math.log(1e-6 - Math.expm1(b - a));
  });
  const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
  return logits.map((x) => x - total);
}

describe('floored tails', () => {
  it.each([
    [0, 0, 0, 256],
    [255, 0.3, -1, 256],
    [128, -0.2, -3, 256],
    [3, 0.1, 2, 17],
  ])('are those of the authors’ code for x_t = %d, μ′ = %d, s = %d, K = %d', (xt, shift, logScale, K) => {
    const logits = truncatedLogisticLogits({
      xt: tensor2d([[xt]], [1, 1], 'int32'),
      shift: tensor2d([[shift]]),
      logScale: tensor2d([[logScale]]),
      numStates: K,
      tails: 'floored',
    });
    expectAllClose(logNormalize(logits), flooredLogProbs(xt, shift, logScale, K), { rtol: 2e-5, atol: 2e-4 });
  });

  it('fall below the mean alone: −148.2 and −13.8 at the ends of 256 levels, for μ = 0 and s = −3', () => {
    const middle = { xt: tensor2d([[127]], [1, 1], 'int32'), shift: tensor2d([[1 / 255]]), logScale: tensor2d([[-3]]) };
    const values = truncatedLogisticLogits({ ...middle, numStates: 256, tails: 'floored' }).dataSync();
    expect(values[0]).toBeCloseTo(-148.2, 1);
    expect(values[255]).toBeCloseTo(-13.8, 1);
  });
});

describe('[51] scales without measure', () => {
  const at = (shift: number, logScale: number, K = 8): readonly number[] => {
    const logits = truncatedLogisticLogits({
      xt: tensor2d([[3]], [1, 1], 'int32'),
      shift: tensor2d([[shift]]),
      logScale: tensor2d([[logScale]]),
      numStates: K,
    });
    return [...logNormalize(logits).dataSync()];
  };

  it.each([-58, -90, -1e30, -Infinity])('s = %d is all in the bin of the mean', (logScale) => {
    const logProbs = at(0.05, logScale);
    expect(logProbs[3]).toBeCloseTo(0, 12);
    expect(logProbs.filter((_, k) => k !== 3).every((x) => Number.isFinite(x) && x < -1e20)).toBe(true);
  });

  it.each([60, 200, Infinity])('s = %d is the same in every bin', (logScale) => {
    for (const logProb of at(0.05, logScale)) expect(logProb).toBeCloseTo(-Math.log(8), 5);
  });

  it('one state is refused', () => {
    const one = { xt: tensor2d([[0]], [1, 1], 'int32'), shift: tensor2d([[0]]), logScale: tensor2d([[0]]), numStates: 1 };
    expect(() => truncatedLogisticLogits(one)).toThrow('numStates is 1');
  });
});
