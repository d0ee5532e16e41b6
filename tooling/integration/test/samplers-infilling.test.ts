import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, mixture, plugIn, type Denoiser, type Transition } from '@d3pm/core';
import { exactMixture, exactModelLaw, exactPlugIn, expectSampledFrom, forwardChain, type ExactLogits } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import {
  allowStates,
  ancestralSampler,
  autoregressiveSampler,
  confidenceSampler,
  eventSampler,
  finalStates,
  firstHittingSampler,
  fixStates,
  remaskingSampler,
  withTemperature,
  withTopP,
} from '@d3pm/samplers';
import { cosine, inverseRemaining } from '@d3pm/schedules';
import { absorbing, dense, uniform } from '@d3pm/transitions';
import { autoregressiveChain } from './autoregressive-chain.ts';
import { countSequences, exactNetwork } from './exact-network.ts';
import { randomLogits } from './oracle-families.ts';
import { all } from './samplers-cases.ts';

beforeAll(async () => void (await prepareEngine()));

const rng = createRng(3);

describe('the most probable of the states that are allowed', () => {
  const probs = [0.6, 0.3, 0.08, 0.02];
  const logits =
    (numStates: number): ExactLogits =>
    (xt) =>
      xt.map(() => Array.from({ length: numStates }, (_, k) => (k < 4 ? Math.log(probs[k]!) : 0)));
  const numSteps = 6;
  const masked = absorbing.create({ numStates: 5, schedule: inverseRemaining({ numSteps }) }, {});
  const redrawn = uniform.create({ numStates: 4, schedule: cosine({ numSteps }) }, {});
  const network = exactNetwork('denoiser', 5, logits(5), { timeFree: true });
  // Of {2, 3} the first has 0.8: what is most probable without the constraint, 0 and 1, is not allowed.
  const sets = [[2, 3], undefined, [1, 3]];
  const common = { shape: [40, 3], rng };
  const mostProbable = (p: number, denoiser: Denoiser<'denoiser'> = network): Denoiser<'denoiser'> =>
    withTopP(withTemperature(denoiser, 0.9), { p, extraMask: 4 });

  it.each([
    ['ancestralSampler', (denoiser: Denoiser<'denoiser'>) => ancestralSampler({ ...masking(denoiser), reverse: mixture() })],
    ['eventSampler', (denoiser: Denoiser<'denoiser'>) => eventSampler(masking(denoiser))],
    ['firstHittingSampler', (denoiser: Denoiser<'denoiser'>) => firstHittingSampler(masking(denoiser))],
    ['confidenceSampler', (denoiser: Denoiser<'denoiser'>) => confidenceSampler(masking(denoiser))],
    ['remaskingSampler', (denoiser: Denoiser<'denoiser'>) => remaskingSampler(masking(denoiser))],
    ['ancestralSampler under uniform noise', () => ancestralSampler({ ...redrawing(), reverse: mixture() })],
    ['autoregressiveSampler', () => autoregressiveSampler(ordered())],
  ])('%s', async (_, sampler) => {
    const before = memory().numTensors;
    const { values } = await finalStates(sampler(mostProbable(0.5)));
    expect(values).toEqual(Int32Array.from({ length: 120 }, (__, i) => [2, 0, 1][i % 3]!));
    expect(memory().numTensors).toBe(before);
  });

  function masking(denoiser: Denoiser<'denoiser'>) {
    return { ...common, transition: masked, denoiser, constraint: allowStates(sets, masked) };
  }
  function redrawing() {
    const denoiser = withTopP(exactNetwork('denoiser', 4, logits(4), { timeFree: true }), { p: 0.5 });
    return { ...common, transition: redrawn, denoiser, constraint: allowStates(sets, redrawn) };
  }
  function ordered() {
    const transition = autoregressiveChain(5, 3);
    const causal: Denoiser<'denoiser'> = { ...network, causal: true, numSteps: 3 };
    return { ...common, transition, denoiser: mostProbable(0.5, causal), constraint: allowStates(sets, transition) };
  }

  it('a copy of a changed network with logits of its own is asked for these', async () => {
    const own: Denoiser<'denoiser'> = {
      ...mostProbable(0.5),
      logits: exactNetwork('denoiser', 5, (xt) => xt.map(() => [0, 0, 0, 9, 0])).logits,
    };
    const { values } = await finalStates(firstHittingSampler(masking(own)));
    expect(values.filter((state) => state === 3).length).toBeGreaterThan(100);
  });
});

describe('noise under which not every state comes from every x_0', () => {
  const [K, numSteps] = [4, 2];
  /** To a neighbour or not at all: after two steps 3 is out of the reach of 0. */
  const step = Array.from({ length: K }, (_, i) =>
    Array.from({ length: K }, (__, j) => {
      const neighbours = [i - 1, i + 1].filter((k) => k >= 0 && k < K);
      return i === j ? 0.6 : neighbours.includes(j) ? 0.4 / neighbours.length : 0;
    }),
  );
  const uniformPrior = new Array<number>(K).fill(1 / K);
  const make = (prior: readonly number[] = uniformPrior): Transition =>
    dense({
      name: 'neighbours',
      numStates: K,
      numSteps,
      step: () => Float64Array.from(step.flat()),
      prior: { kind: 'fixed', probs: Float64Array.from(prior) },
    });
  const transition = make();
  const logits = randomLogits(5, K);

  it.each([
    ['mixture', mixture(), exactMixture],
    ['plug-in', plugIn(), exactPlugIn({ firstStep: 'bayes' })],
  ] as const)('x_T is what an allowed x_0 leads to, and the law the one from there: %s', async (_, reverse, exactReverse) => {
    const constraint = allowStates([[0], undefined], transition);
    const restricted: ExactLogits = (xt, t) =>
      logits(xt, t).map((row, n) => row.map((logit, k) => (constraint.allowed[n * K + k] ? logit : -Infinity)));
    const chain = forwardChain({ numSteps, numPositions: 2, step: () => step });
    const law = exactModelLaw({ chain, prior: [[1 / 3, 1 / 3, 1 / 3, 0], uniformPrior], reverse: exactReverse, logits: restricted });
    const denoiser = exactNetwork('denoiser', K, logits);
    const final = await finalStates(ancestralSampler({ transition, denoiser, reverse, shape: [6000, 2], rng, constraint }));
    expectSampledFrom(countSequences(final, K), law);
  });

  it('each example has its own', async () => {
    const constraint = fixStates({ values: Int32Array.of(0, -1, 3, 3), shape: [2, 2] }, transition);
    const denoiser = exactNetwork('denoiser', K, logits);
    for (let seed = 0; seed < 20; seed++) {
      const sampler = ancestralSampler({ transition, denoiser, reverse: mixture(), shape: [2, 2], rng: createRng(seed), constraint });
      const { values } = await finalStates(sampler);
      expect([values[0], values[2], values[3]]).toEqual([0, 3, 3]);
    }
  });

  it('a prior without any of them is an error that says so', async () => {
    const far = make([0, 0, 0, 1]);
    const options = { transition: far, denoiser: exactNetwork('denoiser', K, logits), reverse: mixture(), shape: [1, 2], rng };
    await expect(finalStates(ancestralSampler({ ...options, constraint: fixStates([-1, 0], far) }))).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message:
        'samplePrior: no state of the prior of neighbours comes from an allowed x_0 of example 0 at position 1; allow others, or give initial',
    });
  });
});

it.each([
  ['a mask that data shows as well', [0.3, 0.5, 1], true],
  ['steps without noise', [0, 0, 0.5], false],
])('a state that comes from itself alone stays, however small f of it: %s', async (_, noise, absorbs) => {
  const setting = { numStates: 3, schedule: { unit: 'jump-probability', numSteps: 3, noise: Float64Array.from(noise) } } as const;
  const transition = absorbs ? absorbing.create(setting, { extraMask: false, maskState: 2 }) : uniform.create(setting, {});
  const denoiser = exactNetwork('denoiser', 3, (xt) => xt.map((state) => [0, 1, 2].map((k) => (k === state && state < 2 ? -800 : 0))));
  const initial = { values: Int32Array.of(0, 1), shape: [1, 2] };
  for (const reverse of [mixture(), plugIn()]) {
    const sampler = ancestralSampler({ transition, denoiser, reverse, initial, initialStep: 2, shape: [1, 2], rng });
    expect((await all(sampler)).find(({ t }) => t === 1)!.states).toEqual(initial);
  }
});
