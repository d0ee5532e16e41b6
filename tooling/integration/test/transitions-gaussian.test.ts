import { grad, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { boundTermNats, mixture, priorTermNats } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { cosine, linear } from '@d3pm/schedules';
import { discretizedGaussian, uniform } from '@d3pm/transitions';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => prepareEngine());

const K = 256;
const T = 1000;
const schedule = linear({ numSteps: T, start: 1e-4, stop: 0.02, unit: 'variance' });
const everyState = { values: Int32Array.from({ length: K }, (_, k) => k), shape: [K, 1] };
const bits = (nats: number): number => nats / Math.LN2;

describe('L_T of the paper’s settings, bits a dimension', () => {
  it('Gaussian, linear 1e-4 → 0.02, T = 1000, K = 256', () => {
    const terms = priorTermNats(discretizedGaussian.create({ numStates: K, schedule }, {}), everyState);
    expectAllClose([bits(Math.max(...terms)), bits(terms.reduce((sum, nats) => sum + nats, 0) / K)], [6.636e-6, 3.316e-6], {
      rtol: 2e-4,
      atol: 0,
    });
  });
  it('uniform, cosine, T = 1000, K = 256', () => {
    const terms = priorTermNats(uniform.create({ numStates: K, schedule: cosine({ numSteps: T }) }, {}), everyState);
    expectAllClose([bits(terms[0]!)], [4.5e-10], { rtol: 0.02, atol: 0 });
  });
});

type Rows = Float64Array[];

/** log Q_t of A.2.3, from its formula. */
function logGaussian(beta: number): Rows {
  const exponent = (n: number): number => (-4 * n * n) / ((K - 1) ** 2 * beta);
  let total = 0;
  for (let n = -(K - 1); n <= K - 1; n++) total += Math.exp(exponent(n));
  return Array.from({ length: K }, (_, i) => {
    let left = 1;
    for (let j = 0; j < K; j++) if (j !== i) left -= Math.exp(exponent(i - j)) / total;
    return Float64Array.from({ length: K }, (_, j) => (i === j ? Math.log(left) : exponent(i - j) - Math.log(total)));
  });
}

/** log (exp a · exp b); a term e^−50 below the largest is left out. */
function logProduct(a: Rows, b: Rows): Rows {
  return a.map((row) => {
    const top = new Float64Array(K).fill(-Infinity);
    const sum = new Float64Array(K);
    for (let k = 0; k < K; k++) for (let j = 0; j < K; j++) top[j] = Math.max(top[j]!, row[k]! + b[k]![j]!);
    for (let k = 0; k < K; k++) {
      for (let j = 0; j < K; j++) {
        const below = row[k]! + b[k]![j]! - top[j]!;
        if (below > -50) sum[j]! += Math.exp(below);
      }
    }
    return sum.map((value, j) => top[j]! + Math.log(value));
  });
}

const logSum = (values: ArrayLike<number>): number => {
  const top = Math.max(...Array.from(values));
  return top + Math.log(Array.from(values).reduce((sum, value) => sum + Math.exp(value - top), 0));
};

/** KL(q(x_{t−1} | x_t, x_0) ‖ Σ_c q(x_{t−1} | x_t, c) f(c)), by its definition. */
function mixtureKl(
  logits: ArrayLike<number>,
  x0: number,
  xt: number,
  { before, step, after }: { before: Rows; step: Rows; after: Rows },
): number {
  const total = logSum(logits);
  const posterior = (c: number, j: number): number => step[j]![xt]! + before[c]![j]! - after[c]![xt]!;
  let kl = 0;
  for (let j = 0; j < K; j++) {
    const q = posterior(x0, j);
    const p = logSum(Float64Array.from({ length: K }, (_, c) => logits[c]! - total + posterior(c, j)));
    if (Math.exp(q) > 0) kl += Math.exp(q) * (q - p);
  }
  return kl;
}

describe('a confident, wrong f where most of Q̄_t is below every float32', () => {
  const transition = discretizedGaussian.create({ numStates: K, schedule }, {});
  const cases = [
    { x0: 100, xt: 103, wrong: 200 },
    { x0: 5, xt: 9, wrong: 128 },
    { x0: 250, xt: 250, wrong: 3 },
  ];
  const states = (values: readonly number[]): Tensor => tensor([...values], [1, values.length], 'int32');
  const logitsOf = (wrong: number, confidence: number): Float32Array =>
    Float32Array.from({ length: K }, (_, k) => (k === wrong ? confidence : 0));
  let before = logGaussian(schedule.noise[0]!);
  let at = 1;

  it.each([2, 20, 60])('t = %i', (t) => {
    for (; at < t - 1; at++) before = logProduct(before, logGaussian(schedule.noise[at]!));
    const step = logGaussian(schedule.noise[t - 1]!);
    const reference = { before, step, after: logProduct(before, step) };
    const loss = (logits: Tensor): Tensor =>
      boundTermNats(transition, mixture(), {
        logits,
        x0: states(cases.map(({ x0 }) => x0)),
        xt: states(cases.map(({ xt }) => xt)),
        s: t - 1,
        t,
      });
    const input = (confidence: number): Tensor =>
      tensor(
        cases.flatMap(({ wrong }) => [...logitsOf(wrong, confidence)]),
        [1, cases.length, K],
      );

    for (const confidence of [8, 40]) {
      const expected = cases.reduce((sum, { x0, xt, wrong }) => sum + mixtureKl(logitsOf(wrong, confidence), x0, xt, reference), 0);
      // float32 logarithms of 3,000 carry 2e-4.
      expectAllClose(loss(input(confidence)), [expected], { rtol: 1e-3, atol: 1e-4 });
    }

    const slope = grad(loss)(input(8)).dataSync();
    expect(slope.every(Number.isFinite)).toBe(true);
    cases.forEach(({ x0, xt, wrong }, n) => {
      const nudged = (by: number): number =>
        mixtureKl(
          logitsOf(wrong, 8).map((logit, k) => (k === wrong ? logit + by : logit)),
          x0,
          xt,
          reference,
        );
      const expected = (nudged(0.05) - nudged(-0.05)) / 0.1;
      expect(Math.abs(expected)).toBeGreaterThan(1e-6);
      expectAllClose([slope[n * K + wrong]!], [expected], { rtol: 5e-3, atol: 1e-4 });
    });
  });
});
