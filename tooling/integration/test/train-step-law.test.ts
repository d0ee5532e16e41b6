import {
  createRng,
  informationStepLaw,
  mutualInformationNats,
  plugIn,
  toTensor,
  truncatedLogisticLogits,
  type States,
  type Transition,
} from '@d3pm/core';
import { exactBound, exactMixture, type ExactModel } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { inverseRemaining, linear } from '@d3pm/schedules';
import { hybridLoss, stepsByLaw } from '@d3pm/train';
import { absorbing, discretizedGaussian, uniform } from '@d3pm/transitions';
import { fill, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { familyNames, makeFamily } from './oracle-families.ts';

beforeAll(async () => void (await prepareEngine()));

const even = (numStates: number): Float64Array => new Float64Array(numStates).fill(1 / numStates);
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

describe('the law of steps by information', () => {
  it.each(familyNames)(
    'is half uniform, an eighth the first step, and else by the terms of the best answer to one position: %s',
    (name) => {
      const T = 6;
      const { transition, chain, prior, dataLaw } = makeFamily(name, { seed: 5, numSteps: T, numPositions: 1 });
      // Bayes' rule: f(x_0 | x_t) ∝ p(x_0) q(x_t | x_0).
      const posterior: ExactModel['logits'] = ([xt], t) => [dataLaw.map((prob, x0) => Math.log(prob * chain.between(0, t, 0)[x0]![xt!]!))];
      const { termNats } = exactBound({ chain, prior, reverse: exactMixture, logits: posterior }, dataLaw);
      const law = informationStepLaw(transition, { dataLaw: Float64Array.from(dataLaw) });
      expect(law).toHaveLength(T);
      const first = (i: number): number => (i === 0 ? 1 : 0);
      law.forEach((prob, i) => expect(prob).toBeCloseTo(0.5 / T + first(i) / 8 + (0.375 * termNats[i]!) / sum(termNats), 10));
      const skewed = informationStepLaw(transition, { dataLaw: Float64Array.from(dataLaw), uniformShare: 0.1, firstStepShare: 0.3 });
      skewed.forEach((prob, i) => expect(prob).toBeCloseTo(0.1 / T + 0.3 * first(i) + (0.6 * termNats[i]!) / sum(termNats), 10));
    },
  );

  it('is, but for the first step, the uniform one for absorbing noise of (T − t + 1)⁻¹, and where nothing is lost', () => {
    const numSteps = 40;
    const mask = absorbing.create({ numStates: 4, schedule: inverseRemaining({ numSteps }) }, {});
    const dataLaw = Float64Array.of(0.5, 0.2, 0.3, 0);
    const rest = { firstStepShare: 0 };
    informationStepLaw(mask, { dataLaw, ...rest }).forEach((prob) => expect(prob).toBeCloseTo(1 / numSteps, 12));
    informationStepLaw(mask, { dataLaw: Float64Array.of(0, 1, 0, 0), ...rest }).forEach((prob) =>
      expect(prob).toBeCloseTo(1 / numSteps, 12),
    );
  });

  it('of many steps is close to what all of their information makes', () => {
    const numSteps = 300;
    const transition = discretizedGaussian.create(
      { numStates: 16, schedule: linear({ numSteps, start: 0.02, stop: 0.1, unit: 'variance' }) },
      {},
    );
    const shared = Array.from({ length: numSteps + 1 }, (_, t) => mutualInformationNats(transition, { t, dataLaw: even(16) }));
    const lost = (from: number, to: number): number => (shared[from]! - shared[to]!) / (shared[0]! - shared[numSteps]!);
    const law = informationStepLaw(transition, { dataLaw: even(16), uniformShare: 0.01, firstStepShare: 0 });
    expect(sum(law)).toBeCloseTo(1, 12);
    // Each of ten ranges has its share to a twentieth of it, and the first steps have theirs.
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 4],
      [4, 8],
      [8, 16],
      [16, 32],
      [32, 64],
      [64, 128],
      [128, 200],
      [200, 300],
    ] as const) {
      const share = 0.99 * lost(from, to) + (0.01 * (to - from)) / numSteps;
      expect(Math.abs(sum(law.subarray(from, to)) / share - 1)).toBeLessThan(0.05);
    }
  });

  it('refuses a share that leaves steps out, and tables of thousands of states', () => {
    const schedule = inverseRemaining({ numSteps: 2 });
    const noise = uniform.create({ numStates: 3, schedule }, {});
    for (const [uniformShare, firstStepShare] of [[0], [-1], [1.5], [NaN], [0.5, -0.1], [0.5, 0.6], [0.5, NaN]] as [number, number?][]) {
      const shares = { uniformShare, ...(firstStepShare !== undefined && { firstStepShare }) };
      expect(() => informationStepLaw(noise, { dataLaw: even(3), ...shares })).toThrow(
        `uniformShare is ${uniformShare} and firstStepShare`,
      );
    }
    expect(sum(informationStepLaw(noise, { dataLaw: even(3), uniformShare: 0.5, firstStepShare: 0.5 }))).toBeCloseTo(1, 14);
    expect(() => informationStepLaw(noise, { dataLaw: even(4) })).toThrow('dataLaw');
    const { rankOne: _, ...large } = uniform.create({ numStates: 1025, schedule }, {});
    expect(() => informationStepLaw(large, { dataLaw: even(1025) })).toThrow('1025 states are more than 1024; draw steps uniformly');
  });
});

describe('the hybrid loss with a law of steps', () => {
  // A first step of about one level, as with 256 levels and 10⁻⁴.
  const chain = (numSteps: number): Transition =>
    discretizedGaussian.create({ numStates: 64, schedule: linear({ numSteps, start: 1.6e-3, stop: 0.02, unit: 'variance' }) }, {});

  it('draws t as often as it says, in no order, and tells the weights', () => {
    const stepLaw = Float64Array.of(0.5, 0.25, 0.05, 0.2);
    const loss = hybridLoss({ transition: chain(4), reverse: plugIn(), steps: stepsByLaw(stepLaw) });
    const x0: States = { values: new Int32Array(100), shape: [100, 1] };
    const { t, weights } = loss.corrupt(x0, createRng(3)) as { readonly t: Int32Array; readonly weights: Float64Array };
    expect([1, 2, 3, 4].map((step) => t.filter((value) => value === step).length)).toEqual([50, 25, 5, 20]);
    expect([...t]).not.toEqual([...t].sort((a, b) => a - b));
    t.forEach((step, b) => expect(weights[b]).toBeCloseTo(0.25 / stepLaw[step - 1]!, 12));
    // A part of a batch is what it is in all of it.
    const part = loss.corrupt({ values: new Int32Array(30), shape: [30, 1] }, createRng(3), { firstExample: 60, batchSize: 100 });
    expect(part.t).toEqual(t.slice(60, 90));
    expect(part.weights).toEqual(weights.slice(60, 90));
  });

  it('has the mean of the uniform law, and under Gaussian noise less than a tenth of its variance', () => {
    const COUNT = 20_000;
    const transition = chain(500);
    const K = transition.numStates;
    const x0: States = { values: Int32Array.from({ length: COUNT }, (_, i) => Math.floor((i * 64) / COUNT)), shape: [COUNT, 1] };
    // As a network begins: seventeen of 256 levels wide, around x_t.
    const moments = (stepLaw?: Float64Array): { readonly mean: number; readonly variance: number } => {
      const loss = hybridLoss({ transition, reverse: plugIn({ firstStep: 'denoiser' }), ...(stepLaw && { steps: stepsByLaw(stepLaw) }) });
      const { states, t, weights } = loss.corrupt(x0, createRng(7));
      const nats = tidy(() => {
        const xt = toTensor(states);
        const logits = truncatedLogisticLogits({ xt, shift: fill([COUNT, 1], 0), logScale: fill([COUNT, 1], 0), numStates: K });
        return [...loss.nats({ logits, x0: toTensor(x0), xt, t, ...(weights && { weights }) }).dataSync()];
      });
      const mean = sum(nats) / nats.length;
      return { mean, variance: sum(nats.map((value) => (value - mean) ** 2)) / nats.length };
    };
    const uniformly = moments();
    const byInformation = moments(informationStepLaw(transition, { dataLaw: even(K) }));
    expect(byInformation.variance).toBeLessThan(uniformly.variance / 10);
    const error = Math.sqrt((uniformly.variance + byInformation.variance) / COUNT);
    expect(Math.abs(uniformly.mean - byInformation.mean)).toBeLessThan(4 * error);
    expect(error / uniformly.mean).toBeLessThan(0.1);
  });

  it.each([
    ['a step that is never drawn', [0.5, 0, 0.5], 'stepLaw gives step 2 the probability 0, expected one above 0'],
    ['no number', [0.5, NaN, 0.5], 'stepLaw gives step 2 the probability NaN'],
    ['more than 1', [0.5, 0.5, 0.5], 'stepLaw sums to 1.5, expected 1'],
  ])('refuses one that is %s', (_, law, message) => {
    expect(() => stepsByLaw(Float64Array.from(law))).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });

  it('refuses steps of another chain', () => {
    expect(() => hybridLoss({ transition: chain(3), reverse: plugIn(), steps: stepsByLaw(Float64Array.of(0.5, 0.5)) })).toThrow(
      'steps are of 1…2, and the transition has 3',
    );
  });
});
