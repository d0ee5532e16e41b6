import '@tensorflow/tfjs-backend-cpu';
import { createRng, type Transition } from '@d3pm/core';
import { absorbing, checkTransition, dense, discretizedGaussian, strided, uniform } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbSetting } from './arbitraries.ts';
import { noiseOf } from './noise.ts';

const arbStates = fc.integer({ min: 2, max: 6 });
// From where the first steps underflow float64 to where one step mixes.
const arbVariances = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 10, noNaN: true })), { minLength: 1, maxLength: 6 })
  .map((noise) => noiseOf('variance', noise));

const arbUniform = arbSetting.map((setting) => uniform.create(setting, {}));
const arbAbsorbing = (extraMask: boolean): fc.Arbitrary<Transition> =>
  fc
    .record({ setting: arbSetting, mask: fc.nat() })
    .map(({ setting, mask }) => absorbing.create(setting, { maskState: mask % setting.numStates, extraMask }));
const arbGaussian = fc
  .record({ numStates: fc.integer({ min: 2, max: 9 }), schedule: arbVariances })
  .map((setting) => discretizedGaussian.create(setting, {}));

/** A row-stochastic matrix without symmetry, with zeros, in which every state reaches every other. */
function asymmetric(K: number, seed: number, t: number): Float64Array {
  const rng = createRng(seed).split(t);
  const matrix = new Float64Array(K * K);
  for (let i = 0; i < K; i++) {
    const weights = Array.from({ length: K }, (_, j) =>
      j === (i + 1) % K || rng.float64(i * K + j) < 0.5 ? rng.split('weight').float64(i * K + j) + 0.01 : 0,
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    weights.forEach((weight, j) => (matrix[i * K + j] = weight / total));
  }
  return matrix;
}
const flatPrior = (K: number) => ({ kind: 'fixed', probs: new Float64Array(K).fill(1 / K) }) as const;
const arbDense = fc
  .record({ K: arbStates, T: fc.integer({ min: 1, max: 5 }), seed: fc.nat(1000) })
  .map(({ K, T, seed }) =>
    dense({ name: 'asymmetric', numStates: K, numSteps: T, step: (t) => asymmetric(K, seed, t), prior: flatPrior(K) }),
  );
const arbHomogeneous = fc
  .record({ K: arbStates, T: fc.integer({ min: 1, max: 5 }), seed: fc.nat(1000) })
  .map(({ K, T, seed }) => dense({ name: 'homogeneous', numStates: K, numSteps: T, step: () => asymmetric(K, seed, 0) }));
const arbPositional = fc
  .record({ K: arbStates, T: fc.integer({ min: 1, max: 4 }), positions: fc.integer({ min: 1, max: 3 }), seed: fc.nat(1000) })
  .map(({ K, T, positions, seed }) =>
    dense({
      name: 'positional',
      numStates: K,
      numSteps: T,
      positions,
      step: (t, n) => asymmetric(K, seed, 100 * n + t),
      prior: flatPrior(K),
    }),
  );
const cycle = (K: number): Float64Array =>
  Float64Array.from({ length: K * K }, (_, at) => (at % K === (Math.floor(at / K) + 1) % K ? 1 : 0));
const arbPeriodic = arbStates.map((K) => dense({ name: 'periodic', numStates: K, numSteps: 4, step: () => cycle(K) }));

const few = { numRuns: 30 };
describeTransitionLaws('uniform', arbUniform, few);
describeTransitionLaws('absorbing, extra mask', arbAbsorbing(true), few);
describeTransitionLaws('absorbing, re-used mask', arbAbsorbing(false), few);
describeTransitionLaws('discretised Gaussian', arbGaussian, few);
describeTransitionLaws('dense, asymmetric', arbDense, few);
describeTransitionLaws('dense, homogeneous', arbHomogeneous, few);
describeTransitionLaws('dense, periodic', arbPeriodic, few);
describeTransitionLaws('dense, by position', arbPositional, few);
const arbStrided = (inner: fc.Arbitrary<Transition>): fc.Arbitrary<Transition> =>
  fc.tuple(inner, fc.nat()).map(([transition, count]) => strided(transition, 1 + (count % transition.numSteps)));
describeTransitionLaws('strided uniform', arbStrided(arbUniform), few);
describeTransitionLaws('strided absorbing', arbStrided(arbAbsorbing(true)), few);
describeTransitionLaws('strided Gaussian', arbStrided(arbGaussian), few);
describeTransitionLaws('strided dense', arbStrided(arbDense), few);

describe('checkTransition', () => {
  it('passes uniform noise on 8192 states, where no table is made', () => {
    const report = checkTransition(
      uniform.create({ numStates: 8192, schedule: noiseOf('jump-probability', new Array(10).fill(0.1)) }, {}),
      { numCases: 1 },
    );
    expect(report.laws.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.laws.find(({ name }) => name === 'maps are the matrix of toDense')).toMatchObject({ applies: false });
  });

  const sound = (): Transition => dense({ name: 'sound', numStates: 4, numSteps: 3, step: () => asymmetric(4, 7, 0) });
  it('is the same for the same seed', () => {
    expect(checkTransition(sound(), { rng: createRng(5) })).toEqual(checkTransition(sound(), { rng: createRng(5) }));
  });

  it('reports how much of x_0 a periodic chain keeps', () => {
    const report = checkTransition(dense({ name: 'periodic', numStates: 4, numSteps: 4, step: () => cycle(4) }));
    expect(report.ok).toBe(true);
    expect(report.priorTermNats).toBeCloseTo(Math.log(4), 12);
  });

  it.each<[string, (whole: Transition) => Partial<Transition>, string]>([
    ['push with the rule of pull', (whole) => ({ push: whole.pull }), 'maps are the matrix of toDense'],
    ['rows for columns', (whole) => ({ pullStates: whole.pushStates }), 'gathers are the maps of point masses'],
    [
      'a step too many',
      (whole) => ({ push: (p, s, t) => whole.push(p, s, t === s ? t : Math.min(3, (t as number) + 1)) }),
      'Q(r→s) Q(s→t) = Q(r→t) (Chapman–Kolmogorov)',
    ],
    ['a law that is not stationary', () => ({ stationary: Float64Array.of(0.7, 0.1, 0.1, 0.1) }), 'π Q = π'],
    [
      'a prior that is none',
      () => ({ prior: { kind: 'fixed', probs: Float64Array.of(0.5, 0.5, 0.5, 0.5) } }),
      'the prior is a distribution',
    ],
    [
      'a closed form that is not its own',
      (whole) => ({ rankOne: { target: whole.stationary!, keep: () => 0.5, refresh: () => 0.5 } }),
      'rankOne and absorbing are what toDense and pushStates are',
    ],
    [
      'a generator that is not its own',
      () => ({ exponential: { rate: (s, t) => t - s, push: (probs) => probs.slice() } }),
      'exponential is exp(α R)',
    ],
    [
      'a rate that does not add up',
      () => ({ exponential: { rate: (_, t) => t, push: (probs) => probs.slice() } }),
      'exponential is exp(α R)',
    ],
    ['an extra mask that is not a state', () => ({ extraMask: 4 }), 'x_0 is never the extra mask'],
    [
      'a map that throws',
      () => ({
        pullStates: () => {
          throw new Error('broken');
        },
      }),
      'Q(t→t) = I',
    ],
  ])('finds %s', (_, broken, law) => {
    const whole = sound();
    const report = checkTransition({ ...whole, ...broken(whole) });
    expect(report.ok).toBe(false);
    expect(report.laws.find(({ name }) => name === law)).toMatchObject({ ok: false, applies: true });
  });

  it('has one thing to say of a chain with a step that cannot be made', () => {
    const step = (t: number): Float64Array => asymmetric(4, 7, 0).map((prob) => (t === 3 ? 1.1 * prob : prob));
    const { ok, laws } = checkTransition(dense({ name: 'unsound', numStates: 4, numSteps: 3, step, prior: flatPrior(4) }));
    expect([ok, ...laws.filter((law) => !law.ok)]).toEqual([
      false,
      {
        name: 'every step can be made',
        ok: false,
        applies: true,
        detail: expect.stringMatching(/unsound: row \d of Q_3 sums to 1\.1/u),
        worst: Infinity,
      },
    ]);
    expect(laws.filter(({ applies }) => applies)).toHaveLength(1);
  });

  it('says of a law that holds that it does', () => {
    const details = checkTransition(sound()).laws.map(({ detail }) => detail);
    expect(details.filter((detail) => !/^(holds$|holds; farthest off, |does not apply$)/u.test(detail))).toEqual([]);
  });

  it('finds a tensor that is left behind', () => {
    const whole = sound();
    const report = checkTransition({ ...whole, push: (p, s, t) => (whole.push(p, s, t), whole.push(p, s, t)) });
    expect(report.laws.find(({ name }) => name === 'maps leave no tensor behind')).toMatchObject({ ok: false });
  });
});
