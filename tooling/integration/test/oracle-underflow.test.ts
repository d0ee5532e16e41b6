import { grad, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { boundTermNats, mixture, plugIn } from '@d3pm/core';
import { expectAllClose, logDistribution, logTotal, type Matrix } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { discretizedGaussian } from '@d3pm/transitions';

/**
 * The paper's images: K = 256, β linear from 10⁻⁴ to 0.02 in T = 1000 steps. At small t most of Q̄_t is
 * below what float64 can hold (e^−40000), so the reference multiplies vectors by log Q_t, in the log domain.
 */
const K = 256;
const T = 1000;
const beta = (t: number): number => 1e-4 + ((0.02 - 1e-4) * (t - 1)) / (T - 1);

/** log Q_t of A.2.3, written from the paper. */
function logStep(t: number): Matrix {
  const exponent = (offset: number): number => (-4 * offset ** 2) / ((K - 1) ** 2 * beta(t));
  const logZ = logTotal(Array.from({ length: 2 * K - 1 }, (_, n) => exponent(n - (K - 1))));
  return Array.from({ length: K }, (_, i) => {
    const leaving = Array.from({ length: K }, (__, j) => (i === j ? 0 : Math.exp(exponent(i - j) - logZ))).reduce(
      (total, prob) => total + prob,
      0,
    );
    return Array.from({ length: K }, (__, j) => (i === j ? Math.log1p(-leaving) : exponent(i - j) - logZ));
  });
}

const steps = Array.from({ length: 61 }, (_, t) => (t === 0 ? [] : logStep(t)));

/** log (p Q(s→t)); the matrices are symmetric, so it is log (l Q(s→t)ᵀ) with the steps in reverse. */
function through(logs: readonly number[], order: readonly number[]): readonly number[] {
  return order.reduce((vector, t) => steps[t]!.map((row) => logTotal(row.map((entry, i) => entry + vector[i]!))), logs);
}
const range = (s: number, t: number): number[] => Array.from({ length: t - s }, (_, i) => s + 1 + i);
const push = (logs: readonly number[], s: number, t: number): readonly number[] => through(logs, range(s, t));
const pull = (logs: readonly number[], s: number, t: number): readonly number[] => through(logs, range(s, t).reverse());
const point = (state: number): number[] => Array.from({ length: K }, (_, k) => (k === state ? 0 : -Infinity));

/** KL(q(x_{t−1} | x_t, x_0) ‖ p_θ(x_{t−1} | x_t)) of both reverse processes that read a denoiser. */
function referenceKl({
  x0,
  xt,
  t,
  logits,
}: {
  readonly x0: number;
  readonly xt: number;
  readonly t: number;
  readonly logits: readonly number[];
}) {
  const s = t - 1;
  const lastStep = pull(point(xt), s, t);
  const bayes = (logs: readonly number[]): number[] => logDistribution(push(logs, 0, s).map((entry, j) => entry + lastStep[j]!));
  const posterior = bayes(point(x0));
  const f = logDistribution(logits);
  const evidence = pull(point(xt), 0, t);
  const kl = (model: readonly number[]): number =>
    posterior.reduce((total, logProb, j) => total + Math.exp(logProb) * (logProb - model[j]!), 0);
  return { mixture: kl(bayes(f.map((logProb, c) => logProb - evidence[c]!))), plugIn: kl(bayes(f)) };
}

describe('the discretised Gaussian of the paper at small t, with a confident, wrong f', () => {
  const transition = discretizedGaussian.create(
    { numStates: K, schedule: { unit: 'variance', numSteps: T, noise: Float64Array.from({ length: T }, (_, i) => beta(i + 1)) } },
    {},
  );
  beforeAll(async () => {
    await prepareEngine();
  });

  it.each([
    { t: 2, x0: 10, xt: 11, wrong: 200 },
    { t: 5, x0: 100, xt: 98, wrong: 0 },
    { t: 20, x0: 250, xt: 252, wrong: 5 },
    { t: 60, x0: 128, xt: 120, wrong: 255 },
  ])('t = $t: x_0 = $x0, x_t = $xt, f near $wrong', ({ t, x0, xt, wrong }) => {
    const logits = Array.from({ length: K }, (_, c) => Math.fround(-0.5 * Math.abs(c - wrong)));
    const reference = referenceKl({ x0, xt, t, logits });
    for (const [reverse, expected] of [
      [mixture(), reference.mixture],
      [plugIn(), reference.plugIn],
    ] as const) {
      tidy(() => {
        const states = (state: number): Tensor => tensor([[state]], [1, 1], 'int32');
        const term = (x: Tensor): Tensor =>
          sum(boundTermNats(transition, reverse, { x0: states(x0), xt: states(xt), s: t - 1, t, logits: x }));
        const row = tensor(logits, [1, 1, K]);
        // logarithms of size 10⁴ carry 5e-4 each in float32
        expectAllClose(term(row), [expected], { rtol: 2e-5, atol: 1e-5 });
        const gradient = grad(term)(row).dataSync<'float32'>();
        expect([...gradient].every(Number.isFinite)).toBe(true);
        expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(1e-3);
      });
    }
  });
});
