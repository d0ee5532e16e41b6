import { grads, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { gatherClass, logNormalize, truncatedLogisticLogits, type LogisticTails } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => prepareEngine());

const [K, CLASS, X_T] = [8, 6, 3];
const xt = (): Tensor => tensor([X_T], [1, 1], 'int32');
const scalar = (value: number): Tensor => tensor([value], [1, 1]);

/** Where a row lies decides by which instructions an engine computes it: a few units in the last place. */
const ROUNDING = 2 ** -20;

/** Largest |a − b| / max(1, |b|); NaN is an infinite one. */
const apart = (a: Float32Array, b: Float32Array): number =>
  a.reduce((worst, value, i) => {
    const error = Math.abs(value - b[i]!) / Math.max(1, Math.abs(b[i]!));
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);

/** log p(CLASS) and its derivatives after μ′ and s. */
function slopes(shift: number, logScale: number, tails: LogisticTails = 'exact'): readonly number[] {
  const logProb = (mean: Tensor, scale: Tensor): Tensor =>
    gatherClass(
      logNormalize(truncatedLogisticLogits({ xt: xt(), shift: mean, logScale: scale, numStates: K, tails })),
      tensor([CLASS], [1, 1], 'int32'),
    );
  return grads(logProb)([scalar(shift), scalar(logScale)]).map((gradient) => gradient.dataSync()[0]!);
}

/** Appendix A.8 in float64, as a difference of two sigmoids, which is exact enough for scales near 1; floored, as the authors have it. */
function paperLogProb(shift: number, logScale: number, tails: LogisticTails = 'exact'): number {
  const mean = Math.tanh((2 * X_T) / (K - 1) - 1 + shift);
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const bin = (k: number): number => {
    const centre = -1 + (2 * k) / (K - 1) - mean;
    const upper = sigmoid(Math.exp(2 - logScale) * (centre + 1 / (K - 1)));
    return upper - sigmoid(Math.exp(2 - logScale) * (centre - 1 / (K - 1))) + (tails === 'floored' ? 1e-6 * upper : 0);
  };
  const total = Array.from({ length: K }, (_, k) => bin(k)).reduce((sum, x) => sum + x, 0);
  return Math.log(bin(CLASS) / total);
}

describe('gradients of the truncated logistic', () => {
  it.each([
    [0, 0],
    [0.3, 1],
    [-0.2, 2.5],
    [1, -0.5],
  ])('are the differences of A.8 at μ′ = %d, s = %d', (shift, logScale) => {
    const h = 1e-5;
    const expected = [
      (paperLogProb(shift + h, logScale) - paperLogProb(shift - h, logScale)) / (2 * h),
      (paperLogProb(shift, logScale + h) - paperLogProb(shift, logScale - h)) / (2 * h),
    ];
    slopes(shift, logScale).forEach((slope, i) => expect(Math.abs(slope / expected[i]! - 1)).toBeLessThan(2e-5));
  });

  it.each([
    [0, 0],
    [-0.3, -1],
    [-1, -0.8],
    [1, 0.5],
  ])('with floored tails are the differences of the authors’ formula at μ′ = %d, s = %d', (shift, logScale) => {
    const h = 1e-5;
    const at = (mean: number, scale: number): number => paperLogProb(mean, scale, 'floored');
    const expected = [
      (at(shift + h, logScale) - at(shift - h, logScale)) / (2 * h),
      (at(shift, logScale + h) - at(shift, logScale - h)) / (2 * h),
    ];
    // Parts of the size of e^{2−s} cancel, in float32.
    const rounding = 1e-6 * Math.exp(2 - logScale);
    slopes(shift, logScale, 'floored').forEach((slope, i) => expect(Math.abs(slope - expected[i]!)).toBeLessThan(rounding));
  });

  it.each([-1e30, -90, 90, Infinity])('with floored tails are finite at s = %d', (logScale) => {
    for (const slope of slopes(0.05, logScale, 'floored')) expect(Number.isFinite(slope)).toBe(true);
  });

  it.each([-1e30, -90, 90, Infinity])('[51] are finite at s = %d, and move the mean of a point towards the class', (logScale) => {
    const [dShift, dScale] = slopes(0.05, logScale);
    expect(Number.isFinite(dScale)).toBe(true);
    expect(dShift).toBeLessThan(Infinity);
    expect(dShift).toBeGreaterThanOrEqual(logScale < 0 ? 1e20 : 0);
  });
});

it.each(['exact', 'floored'] as const)('is that of its rows where there are more than fit into a part: %s tails', (tails) => {
  const [rows, numStates] = [9001, 256];
  const at = (from: number, size: number): { readonly logits: Float32Array; readonly gradients: readonly Float32Array[] } =>
    tidy(() => {
      const row = (x: (i: number) => number): number[] => Array.from({ length: size }, (_, i) => x(from + i));
      const states = tensor(
        row((i) => (31 * i) % numStates),
        [size, 1],
        'int32',
      );
      const inputs = [
        tensor(
          row((i) => Math.sin(i)),
          [size, 1],
        ),
        tensor(
          row((i) => 2 * Math.cos(i)),
          [size, 1],
        ),
      ];
      const upstream = tensor(
        Float32Array.from({ length: size * numStates }, (_, i) => Math.sin(from * numStates + i)),
        [size, 1, numStates],
      );
      const logits = (shift: Tensor, logScale: Tensor): Tensor =>
        truncatedLogisticLogits({ xt: states, shift, logScale, numStates, tails });
      return {
        logits: logits(inputs[0]!, inputs[1]!).dataSync() as Float32Array,
        gradients: grads(logits)(inputs, upstream).map((gradient) => gradient.dataSync() as Float32Array),
      };
    });
  const whole = at(0, rows);
  const last = at(rows - 1000, 1000);
  expect(apart(whole.logits.subarray(-1000 * numStates), last.logits)).toBeLessThan(ROUNDING);
  whole.gradients.forEach((gradient, i) => {
    expect(gradient).toHaveLength(rows);
    // A sum over the classes, of which each may round by half a unit.
    expect(apart(gradient.subarray(-1000), last.gradients[i]!)).toBeLessThan(numStates * 2 ** -24);
  });
});
