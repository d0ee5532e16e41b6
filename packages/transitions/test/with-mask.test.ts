import '@tensorflow/tfjs-backend-cpu';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { createRng, sampleForward, type NoiseSchedule, type Transition } from '@d3pm/core';
import { expectAllClose, expectNoLeak, expectSampledFrom } from '@d3pm/core/testing';
import { absorbing, dense, discretizedGaussian, strided, uniform } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withMask } from '../src/with-mask.ts';
import { arbJump } from './arbitraries.ts';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';
import { expectMatrices, type Matrix } from './reference-matrix.ts';

const jumps = (...noise: number[]): NoiseSchedule<'jump-probability'> => noiseOf('jump-probability', noise);

/** The matrix of one step, written from the definition: (1 − γ) Q_inner beside a column of γ, and a mask that stays. */
const maskedStep = (inner: Matrix, gamma: number): Matrix => [
  ...inner.map((row) => [...row.map((prob) => (1 - gamma) * prob), gamma]),
  [...inner.map(() => 0), 1],
];

const arbSteps = fc.array(fc.record({ beta: arbJump, gamma: arbJump }), { minLength: 1, maxLength: 4 });
const arbCase = fc.record({ K: fc.integer({ min: 2, max: 4 }), steps: arbSteps });

const schedules = (steps: readonly { readonly beta: number; readonly gamma: number }[]) => ({
  noise: jumps(...steps.map(({ beta }) => beta)),
  mask: jumps(...steps.map(({ gamma }) => gamma)),
});
const maskedUniform = (K: number, steps: readonly { readonly beta: number; readonly gamma: number }[]): Transition => {
  const { noise, mask } = schedules(steps);
  return withMask(uniform.create({ numStates: K, schedule: noise }, {}), { schedule: mask });
};
/** Rows of random numbers, another matrix at each step and position; 0 → K − 1 is impossible. */
const row = (K: number, i: number, seed: number): number[] => {
  const weights = Array.from({ length: K }, (_, j) => (i === 0 && j === K - 1 ? 0 : createRng(seed).split(i).float64(j) + 0.01));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};
const matrixOf = (K: number, t: number, n: number): Matrix => Array.from({ length: K }, (_, i) => row(K, i, 10 * t + n));
const positional = (K: number, numSteps: number, positions?: number): Transition =>
  dense({
    name: 'by position',
    numStates: K,
    numSteps,
    ...(positions !== undefined && { positions }),
    step: (t, n) => Float64Array.from(matrixOf(K, t, n).flat()),
    prior: { kind: 'fixed', probs: Float64Array.from([...Array(positions ?? 1).keys()].flatMap((n) => row(K, 1, n))) },
  });

const few = { numRuns: 12 };
describeTransitionLaws(
  'uniform with a mask',
  arbCase.map(({ K, steps }) => maskedUniform(K, steps)),
  few,
);
describeTransitionLaws(
  'Gaussian with a mask',
  arbCase.map(({ K, steps }) => {
    const variances = noiseOf(
      'variance',
      steps.map(({ beta }) => beta),
    );
    return withMask(discretizedGaussian.create({ numStates: K, schedule: variances }, {}), { schedule: schedules(steps).mask });
  }),
  few,
);
describeTransitionLaws(
  'a matrix by position with a mask, strided',
  fc
    .record({ K: fc.integer({ min: 2, max: 4 }), steps: arbSteps, positions: fc.integer({ min: 1, max: 3 }) })
    .map(({ K, steps, positions }) =>
      strided(withMask(positional(K, steps.length, positions), { schedule: schedules(steps).mask }), Math.ceil(steps.length / 2)),
    ),
  few,
);

describe('the matrix of the definition', () => {
  it('with uniform noise', () => {
    fc.assert(
      fc.property(arbCase, ({ K, steps }) => {
        const inner = (beta: number): Matrix =>
          Array.from({ length: K }, (_, i) => Array.from({ length: K }, (__, j) => (i === j ? 1 - beta : 0) + beta / K));
        expectMatrices(
          maskedUniform(K, steps),
          steps.map(({ beta, gamma }) => maskedStep(inner(beta), gamma)),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('with a matrix that has no symmetry', () => {
    const gammas = [0.3, 0, 1e-12, 1];
    expectMatrices(
      withMask(positional(4, 4), { schedule: jumps(...gammas) }),
      gammas.map((gamma, i) => maskedStep(matrixOf(4, i + 1, 0), gamma)),
    );
  });
});

it('is absorbing noise when the inner steps do nothing', () => {
  const gammas = [0.25, 0.5, 1];
  const still = withMask(uniform.create({ numStates: 3, schedule: jumps(0, 0, 0) }, {}), { schedule: jumps(...gammas) });
  const mask = absorbing.create({ numStates: 4, schedule: jumps(...gammas) }, {});
  const states = tensor([0, 1, 2, 3], [4], 'int32');
  for (const t of [1, 2, 3]) {
    expect([...still.toDense(0, t)]).toEqual([...mask.toDense(0, t)]);
    expectAllClose(still.pullStates(states, 0, t), mask.pullStates(states, 0, t), { rtol: 1e-7, atol: 1e-7 });
  }
  expect(still.prior).toEqual(mask.prior);
});

it('claims what holds, and no closed form of absorbing noise', () => {
  const made = maskedUniform(3, [{ beta: 0.5, gamma: 0.25 }]);
  expect(made).toMatchObject({ name: 'uniform with mask', numStates: 4, extraMask: 3, stationary: Float64Array.of(0, 0, 0, 1) });
  expect(['rankOne', 'absorbing', 'positions'].filter((member) => member in made)).toEqual([]);
});

describe('the prior', () => {
  it('is what the mask leaves of that of the transition, at each position', () => {
    const inner = positional(2, 2, 2);
    const { prior } = withMask(inner, { schedule: jumps(0.5, 0.5) });
    const rows = [0, 1].flatMap((n) => [...row(2, 1, n).map((prob) => prob / 4), 0.75]);
    expectAllClose((prior as { probs: Float64Array }).probs, rows, { rtol: 1e-15, atol: 0 });
  });
  it('is the mask alone when it takes all, even of a learned prior', () => {
    const inner: Transition = {
      ...uniform.create({ numStates: 2, schedule: jumps(0.5) }, {}),
      prior: { kind: 'learned', logits: tensor([0, 1]) },
    };
    expect(withMask(inner, { schedule: jumps(1) }).prior).toEqual({ kind: 'fixed', probs: Float64Array.of(0, 0, 1) });
  });
  it('is the one that is given', () => {
    const prior = { kind: 'fixed', probs: Float64Array.of(0.5, 0.25, 0.25) } as const;
    expect(withMask(uniform.create({ numStates: 2, schedule: jumps(0.5) }, {}), { schedule: jumps(0.1), prior }).prior).toBe(prior);
  });
});

it('is drawn from with the law of its rows, on 8192 states without a table', () => {
  const noise = jumps(0.5, 0.5);
  const made = withMask(uniform.create({ numStates: 8191, schedule: noise }, {}), { schedule: jumps(0.25, 0.5) });
  const before = process.memoryUsage().arrayBuffers;
  const drawn = sampleForward(made, { values: new Int32Array(1000).fill(7), shape: [1, 1000] }, { t: 2, rng: createRng(3) });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(256e6);
  const counts = [0, 0, 0];
  for (const state of drawn.values) counts[state === 7 ? 0 : state === 8191 ? 1 : 2]!++;
  const kept = 0.375 * (0.25 + 0.75 / 8191);
  expectSampledFrom(counts, [kept, 0.625, 0.375 - kept]);
});

it('leaves tables to whoever made them', () => {
  const inner = discretizedGaussian.create({ numStates: 4, schedule: noiseOf('variance', [0.1, 0.2]) }, {});
  const before = memory().numTensors;
  const made = withMask(inner, { schedule: jumps(0.5, 1) });
  const states = tensor([[0, 4]], [1, 2], 'int32');
  made.pullStates(states, 0, 2).dispose();
  expectNoLeak(() => made.pullStates(states, 0, 2));
  made.dispose();
  expectNoLeak(() => made.pullStates(states, 0, 2));
  inner.dispose();
  states.dispose();
  expect(memory().numTensors).toBe(before);
});

describe('bad input', () => {
  const inner = uniform.create({ numStates: 3, schedule: jumps(0.1, 0.2) }, {});
  const learned: Transition = { ...inner, prior: { kind: 'learned', logits: tensor([0, 0, 0]) } };
  const schedule = jumps(0.5, 0.5);
  const made = withMask(inner, { schedule });
  it.each([
    [
      'another number of steps',
      () => withMask(inner, { schedule: jumps(1) }),
      /^INVALID_SCHEDULE: uniform with mask: the schedule of the mask has 1 steps, expected 2, those of uniform/,
    ],
    [
      'a variance',
      () => withMask(inner, { schedule: noiseOf('variance', [1, 1]) as never }),
      /^UNIT: uniform with mask: the schedule is a variance/,
    ],
    ['γ = 2', () => withMask(inner, { schedule: jumps(0, 2) }), /^INVALID_SCHEDULE: uniform with mask: β of step 2 is 2/],
    [
      'a mask twice',
      () => withMask(made, { schedule }),
      /^INVALID_OPTIONS: uniform with mask with mask: uniform with mask has the extra mask 3 already/,
    ],
    [
      'a learned prior',
      () => withMask(learned, { schedule }),
      /^INVALID_OPTIONS: uniform with mask: its states have a learned prior.*give withMask a prior on 4 states/,
    ],
    [
      'a prior on the inner states',
      () => withMask(inner, { schedule, prior: { kind: 'fixed', probs: Float64Array.of(0.5, 0.25, 0.25) } }),
      /^SHAPE: uniform with mask: the prior has 3 probabilities, expected 4/,
    ],
    ['t > T', () => made.pushStates(tensor([0], [1], 'int32'), 0, 3), /^STEP_RANGE: uniform with mask\.pushStates: needs 0 ≤ s ≤ t ≤ 2/],
    ['a state that is none', () => made.pullStates(tensor([4], [1], 'int32'), 0, 1), /^STATE_RANGE: uniform with mask\.pullStates/],
    [
      'rows on the inner states',
      () => made.push(tensor([[0, 0, 0]]), 0, 1),
      /^SHAPE: uniform with mask\.push: .*expected \[batch, …positions, 4\]/,
    ],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
});
