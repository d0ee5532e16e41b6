import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, direct, leaveOneOut, mixture, plugIn, type Prediction, type ReverseProcess } from '@d3pm/core';
import {
  exactDenoiser,
  exactLeaveOneOutReverse,
  exactMixture,
  exactModelLaw,
  exactPlugIn,
  expectAllClose,
  expectSampledFrom,
  forwardChain,
  sequences,
  type ExactLogits,
  type ExactReverse,
} from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import {
  allowStates,
  ancestralSampler,
  autoregressiveSampler,
  confidenceSampler,
  correctedSampler,
  eventSampler,
  finalStates,
  firstHittingSampler,
  fixStates,
  remaskingSampler,
  type Constraint,
  type SamplerState,
} from '@d3pm/samplers';
import { matrixExponential } from '@d3pm/transitions';
import { autoregressiveChain, causalNetwork } from './autoregressive-chain.ts';
import { countSequences, exactNetwork } from './exact-network.ts';
import { makeFamily, randomLogits, type FamilyName } from './oracle-families.ts';
import {
  all,
  ALMOST_ONE,
  digits,
  indexOf,
  K,
  MASK,
  pathProbs,
  recordingNetwork,
  rowOf,
  scriptedRng,
  smallChain,
} from './samplers-cases.ts';

beforeAll(async () => {
  await prepareEngine();
});

const { transition, chain, dataLaw } = smallChain();
const rng = createRng(12);
const wrong: ExactLogits = randomLogits(5, K, { extraMask: MASK });
/** Logits with what a constraint does not allow left out, `[N·K]`. */
const restricted =
  (logits: ExactLogits, { allowed }: Constraint): ExactLogits =>
  (xt, t) =>
    logits(xt, t).map((row, n) => row.map((logit, c) => (allowed[n * row.length + c] ? logit : -Infinity)));
/** The mixture with one position that keeps its state from T on, where all else is masked for sure. */
const holding = (position: number, state: number): ExactReverse => ({
  ...exactMixture,
  logProbs: (forward, input) =>
    input.position === position
      ? Array.from({ length: forward.numStates }, (_, c) => (c === state ? 0 : -Infinity))
      : exactMixture.logProbs(forward, input),
});
const count = async (sampler: AsyncIterable<SamplerState>, numStates = K): Promise<number[]> =>
  countSequences(await finalStates(sampler), numStates);

describe('with a fixed position, absorbing noise and the exact network', () => {
  const constraint = fixStates([-1, 2, -1], transition);
  const given = dataLaw.map((prob, i) => (chain.sequences[i]![1] === 2 ? prob : 0));
  const conditional = given.map((prob) => prob / given.reduce((sum, other) => sum + other, 0));
  // Of step 1, at which every mask is possible: what is not masked is seen, and the time says nothing more.
  const exact: ExactLogits = (xt) => exactDenoiser(chain, dataLaw)(xt, 1);

  it('first-hitting samples the data given what is fixed: to 1e-12, decision by decision', async () => {
    const bases = [2, 2, 2];
    const script = scriptedRng(([kind, example], n) => {
      const choice = digits(example as number, bases);
      if (kind === 'lift') return (1 + (n === 0 ? choice[0]! : 1 - choice[0]!)) / 4;
      return choice[n === 0 ? 1 : 2] === 0 ? 0 : ALMOST_ONE;
    });
    // The enumerated logits, in the float32 numbers that a network gives.
    const rounded: ExactLogits = (xt, t) => exact(xt, t).map((row) => row.map(Math.fround));
    const denoiser = recordingNetwork('denoiser', K, rounded, { timeFree: true });
    const yielded = await all(firstHittingSampler({ transition, denoiser, shape: [8, 3], rng: script, constraint }));
    const law = new Array<number>(K ** 3).fill(0);
    pathProbs(yielded, denoiser.calls, exact).forEach((prob, b) => (law[indexOf(rowOf(yielded.at(-1)!, b))]! += prob / 2));
    expectAllClose(law, conditional, { rtol: 1e-12, atol: 1e-14 });
    expect(denoiser.calls[0]!.every(({ states }) => states.join() === `${MASK},2,${MASK}`)).toBe(true);
  });

  it('first-hitting samples it', async () => {
    const denoiser = exactNetwork('denoiser', K, exact, { timeFree: true });
    expectSampledFrom(await count(firstHittingSampler({ transition, denoiser, shape: [6000, 3], rng, constraint })), conditional);
  });

  it('the rounds of a corrector keep to it and come near it', async () => {
    const denoiser = exactNetwork('denoiser', K, exact, { timeFree: true });
    const options = { transition, denoiser, reverse: mixture(), shape: [6000, 3], rng, constraint, rounds: 2 };
    const counts = await count(correctedSampler(options));
    expect(counts.reduce((sum, times, i) => sum + Math.abs(times / 6000 - conditional[i]!), 0) / 2).toBeLessThan(0.06);
  });
});

describe('the law of the chain that starts with what is fixed, with a wrong network', () => {
  const constraint = fixStates([-1, -1, 0], transition);
  const prior = [
    [0, 1, 0],
    [0, 1, 0],
    [1, 0, 0],
  ];
  const law = exactModelLaw({ chain, prior, reverse: holding(2, 0), logits: wrong });
  const denoiser = exactNetwork('denoiser', K, wrong);
  const options = { transition, denoiser, shape: [6000, 3], rng, constraint };

  it.each([
    ['ancestralSampler', () => ancestralSampler({ ...options, reverse: mixture() })],
    ['ancestralSampler, the general path', () => ancestralSampler({ ...options, reverse: { ...mixture(), unmasksIndependently: false } })],
    ['eventSampler', () => eventSampler(options)],
    ['remaskingSampler of strength 0', () => remaskingSampler({ ...options, strength: 0 })],
    ['correctedSampler of no rounds', () => correctedSampler({ ...options, reverse: mixture(), rounds: 0 })],
  ])('%s', async (_, sampler) => {
    expectSampledFrom(await count(sampler()), law);
  });

  it('a mask that data shows as well', async () => {
    const family = makeFamily('absorbing, re-used mask', { seed: 3, numSteps: 4, numPositions: 2 });
    const logits = randomLogits(5, 3);
    for (const fixed of [0, 1]) {
      const start = [[0, 1, 2].map((c) => Number(c === fixed)), family.prior[1]!];
      const expected = exactModelLaw({ chain: family.chain, prior: start, reverse: holding(0, fixed), logits });
      const sampler = ancestralSampler({
        transition: family.transition,
        denoiser: exactNetwork('denoiser', 3, logits),
        reverse: mixture(),
        shape: [6000, 2],
        rng,
        constraint: fixStates([fixed, -1], family.transition),
      });
      expectSampledFrom(await count(sampler, 3), expected);
    }
  });
});

describe('f restricted to the allowed states, wherever it is read', () => {
  const processes = [
    ['mixture', mixture(), exactMixture],
    ['plug-in', plugIn(), exactPlugIn({ firstStep: 'bayes' })],
    ['leave-one-out', leaveOneOut(), exactLeaveOneOutReverse],
  ] as const;
  const families: readonly FamilyName[] = ['uniform', 'dense, per position', 'uniform with a mask', 'absorbing, extra mask'];

  describe.each(families)('%s', (name) => {
    const family = makeFamily(name, { seed: 3, numSteps: 4 });
    const numStates = family.chain.numStates;
    const logits = randomLogits(5, numStates, family.chain.extraMask === undefined ? {} : { extraMask: family.chain.extraMask });
    const constraint = allowStates([[0, 2], undefined], family.transition);

    it.each(processes)('%s', async (_, reverse, exactReverse) => {
      const sampler = ancestralSampler({
        transition: family.transition,
        denoiser: exactNetwork(reverse.prediction as Prediction, numStates, logits),
        reverse: reverse as ReverseProcess,
        shape: [6000, 2],
        rng,
        constraint,
      });
      const model = { chain: family.chain, prior: family.prior, reverse: exactReverse, logits: restricted(logits, constraint) };
      expectSampledFrom(await count(sampler, numStates), exactModelLaw(model));
    });
  });

  it('a generator in two parts: x_T is in the part of what is allowed', async () => {
    const prior = { kind: 'fixed', probs: new Float64Array(4).fill(0.25) } as const;
    const generator = Float64Array.of(-1, 1, 0, 0, 1, -1, 0, 0, 0, 0, -1, 1, 0, 0, 1, -1);
    const schedule = { unit: 'rate', numSteps: 2, noise: Float64Array.of(0.5, 0.5) } as const;
    const parts = matrixExponential({ name: 'parts', schedule, generator, prior });
    const [stay, leave] = [(1 + Math.exp(-1)) / 2, -Math.expm1(-1) / 2];
    const step = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? stay : (i ^ 1) === j ? leave : 0)));
    const partsChain = forwardChain({ numSteps: 2, numPositions: 2, step: () => step });
    const logits = randomLogits(5, 4);
    const constraint = allowStates([[0], [1, 3]], parts);
    const reached = [
      [0.5, 0.5, 0, 0],
      [0.25, 0.25, 0.25, 0.25],
    ];
    const options = {
      transition: parts,
      denoiser: exactNetwork('denoiser', 4, logits),
      reverse: mixture(),
      shape: [6000, 2],
      rng,
      constraint,
    };
    expectSampledFrom(
      await count(ancestralSampler(options), 4),
      exactModelLaw({ chain: partsChain, prior: reached, reverse: exactMixture, logits: restricted(logits, constraint) }),
    );
  });

  it('by position and example: each obeys its own', async () => {
    const family = makeFamily('uniform', { seed: 3, numSteps: 4 });
    const denoiser = exactNetwork('denoiser', 3, randomLogits(5, 3), { timeFree: true });
    const constraint = fixStates({ values: Int32Array.of(0, -1, -1, 2, 1, 1), shape: [3, 2] }, family.transition);
    const options = { transition: family.transition, reverse: mixture(), shape: [3, 2], rng, constraint };
    const { values } = await finalStates(ancestralSampler({ ...options, denoiser }));
    expect([values[0], values[3], values[4], values[5]]).toEqual([0, 2, 1, 1]);
  });

  it('by a causal network: what is fixed in front conditions what follows', async () => {
    const causal = autoregressiveChain(4, 3);
    const network = causalNetwork(4, 3);
    const options = { transition: causal, denoiser: network, shape: [300, 3], rng };
    const prefix = { values: new Int32Array(300).fill(2), shape: [300, 1] };
    const fixed = await finalStates(autoregressiveSampler({ ...options, constraint: fixStates([2, -1, -1], causal) }));
    expect(fixed).toEqual(await finalStates(autoregressiveSampler({ ...options, prefix })));
    const some = { ...options, constraint: allowStates([[2], undefined, [0, 1]], causal) };
    const drawn = await finalStates(autoregressiveSampler(some));
    expect(drawn).toEqual(await finalStates(ancestralSampler({ ...some, reverse: mixture() })));
    expect(new Set(drawn.values.filter((_, i) => i % 3 === 2))).toEqual(new Set([0, 1]));
  });
});

it.each([
  ['eventSampler', eventSampler],
  ['firstHittingSampler', firstHittingSampler],
  ['remaskingSampler', remaskingSampler],
  ['confidenceSampler', confidenceSampler],
])('%s draws what is allowed, and asks nothing where all is fixed', async (_, sampler) => {
  const denoiser = exactNetwork('denoiser', K, wrong);
  const options = { transition, denoiser, shape: [50, 3], rng };
  const { values } = await finalStates(sampler({ ...options, constraint: allowStates([[2], [0], undefined], transition) }));
  expect(new Set(values.filter((__, i) => i % 3 < 2))).toEqual(new Set([2, 0]));
  expect(new Set(values.filter((__, i) => i % 3 === 2))).toEqual(new Set([0, 2]));
  const calls = denoiser.asked.length;
  const fixed = await all(sampler({ ...options, constraint: fixStates([2, 0, 2], transition) }));
  expect(rowOf(fixed[0]!, 0)).toEqual([2, 0, 2]);
  expect(denoiser.asked).toHaveLength(calls);
});

describe('fixStates and allowStates', () => {
  it('write one row of allowed states a position', () => {
    expect([...fixStates([-1, 2], { numStates: 3 }).allowed]).toEqual([1, 1, 1, 0, 0, 1]);
    expect([...fixStates([2], { numStates: 3, positions: 2 }).allowed]).toEqual([0, 0, 1, 1, 1, 1]);
    const batch = fixStates({ values: Int32Array.of(0, 1), shape: [2, 1] }, { numStates: 2, positions: 2 });
    expect([...batch.allowed]).toEqual([1, 0, 1, 1, 0, 1, 1, 1]);
    expect([...allowStates([[0, 2], undefined], { numStates: 3 }).allowed]).toEqual([1, 0, 1, 1, 1, 1]);
  });

  it('allow what was fixed, for any prompt', () => {
    for (const states of sequences(3, 2)) {
      const { allowed } = fixStates(states, { numStates: 3 });
      expect(states.every((state, n) => allowed[3 * n + state] === 1)).toBe(true);
      expect(allowed.reduce((sum, flag) => sum + flag, 0)).toBe(2);
    }
  });

  it.each([
    ['a prompt longer than an example', () => fixStates([0, 0, 0], { numStates: 3, positions: 2 }), 'SHAPE', '3 states'],
    ['a state outside', () => fixStates([0, 3], { numStates: 3 }), 'STATE_RANGE', 'state 3, in example 0 at position 1'],
    ['one below', () => fixStates([-2], { numStates: 3 }), 'STATE_RANGE', 'state -2'],
    ['half a state', () => fixStates([0.5], { numStates: 3 }), 'STATE_RANGE', 'state 0.5'],
    ['the mask', () => fixStates([0, 1], transition), 'STATE_RANGE', 'the mask 1, which data never is, in example 0 at position 1'],
    ['an empty prompt', () => fixStates([], { numStates: 3 }), 'INVALID_OPTIONS', 'positions'],
    ['too many sets', () => allowStates([[0], [0]], { numStates: 3, positions: 1 }), 'SHAPE', '2 sets'],
    ['an empty set', () => allowStates([[0], []], { numStates: 3 }), 'INVALID_OPTIONS', 'position 1'],
    ['a set with a state outside', () => allowStates([[0, 7]], { numStates: 3 }), 'STATE_RANGE', 'state 7, at position 0'],
    ['a set with the mask', () => allowStates([[0, 1]], transition), 'STATE_RANGE', 'the mask 1'],
  ])('refuse %s', (_, work, code, part) => {
    expect(work).toThrow(expect.objectContaining({ code, message: expect.stringContaining(part) as string }));
  });
});

describe('a sampler refuses, before any work', () => {
  const denoiser = exactNetwork('denoiser', K, wrong);
  const options = { transition, denoiser, shape: [2, 3], rng };
  const empty = fixStates({ values: new Int32Array(6).fill(-1), shape: [2, 3] }, transition);
  empty.allowed.fill(0, 4 * K, 5 * K);
  const masked = fixStates([-1, -1, -1], transition);
  masked.allowed.fill(0, K, 2 * K);
  masked.allowed[K + MASK] = 1;
  const samplers = [
    ['ancestralSampler', (more: object) => ancestralSampler({ ...options, reverse: mixture(), ...more })],
    ['correctedSampler', (more: object) => correctedSampler({ ...options, reverse: mixture(), rounds: 1, ...more })],
    ['eventSampler', (more: object) => eventSampler({ ...options, ...more })],
    ['firstHittingSampler', (more: object) => firstHittingSampler({ ...options, ...more })],
    ['remaskingSampler', (more: object) => remaskingSampler({ ...options, ...more })],
    ['confidenceSampler', (more: object) => confidenceSampler({ ...options, ...more })],
  ] as const;

  describe.each(samplers)('%s', (name, sampler) => {
    it.each([
      ['an empty set', { constraint: empty, firstExample: 10 }, 'INVALID_OPTIONS', 'example 11, position 1 allows no state'],
      ['the mask alone', { constraint: masked }, 'STATE_RANGE', 'every example, position 1 allows the mask only'],
      ['another length', { constraint: fixStates([0, 0], transition) }, 'SHAPE', '6 entries, expected 3 positions · 3 states = 9'],
      ['a prompt longer than L', { constraint: fixStates([0, 0, 0, 0], transition) }, 'SHAPE', 'longer'],
      [
        'a start that it does not allow',
        { constraint: fixStates([2, -1, -1], transition), initial: { values: Int32Array.of(MASK, 0, 0, 0, 0, 0), shape: [2, 3] } },
        'INVALID_OPTIONS',
        'state 0 in example 1 at position 0',
      ],
    ])('%s', (_, more, code, part) => {
      expect(() => sampler(more)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(part) as string }));
      expect(() => sampler(more)).toThrow(name);
    });
  });

  it('a constraint of a network that has no f', () => {
    const family = makeFamily('uniform', { seed: 3, numSteps: 4 });
    const network = exactNetwork('direct', 3, randomLogits(5, 3));
    const constraint = fixStates([0, -1], family.transition);
    const work = (): unknown =>
      ancestralSampler({ transition: family.transition, denoiser: network, reverse: direct(), shape: [1, 2], rng, constraint });
    expect(work).toThrow(expect.objectContaining({ code: 'UNSOUND' }));
  });

  it('a prefix that the constraint does not allow', () => {
    const causal = autoregressiveChain(4, 3);
    const prefix = { values: Int32Array.of(2, 1), shape: [2, 1] };
    const work = (): unknown =>
      autoregressiveSampler({
        transition: causal,
        denoiser: causalNetwork(4, 3),
        shape: [2, 3],
        rng,
        prefix,
        constraint: fixStates([2, -1, -1], causal),
      });
    expect(work).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining('example 1') as string }));
  });
});
