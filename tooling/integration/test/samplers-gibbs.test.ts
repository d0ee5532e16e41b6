import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, leaveOneOut, mixture, type Denoiser, type States } from '@d3pm/core';
import {
  exactDenoiser,
  exactLeaveOneOut,
  exactMixture,
  exactReverseLaw,
  expectSampledFrom,
  marginalLaw,
  productLaw,
  type ExactLogits,
} from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, correctedSampler, finalStates, fixStates, gibbsSampler } from '@d3pm/samplers';
import { countSequences, exactNetwork } from './exact-network.ts';
import { makeFamily, randomLogits, type Family, type FamilyName } from './oracle-families.ts';
import { all, indexOf, MASK, predicted, scriptedRng, smallChain, totalVariation } from './samplers-cases.ts';

beforeAll(async () => {
  await prepareEngine();
});

/** Every number that decides a draw is one of this many, evenly spaced. */
const LEVELS = 200;
const names: readonly FamilyName[] = [
  'uniform',
  'absorbing, extra mask',
  'absorbing, re-used mask',
  'dense, asymmetric',
  'dense, per position',
  'banded',
  'uniform with a mask',
];
const families = new Map(names.map((name) => [name, makeFamily(name, { seed: 3, numSteps: 4 })]));

/** The law after one round from `law`, of the sampler's own draws: from every state, at every position, for evenly spaced numbers. */
async function afterRound(
  { transition, chain }: Family,
  denoiser: Denoiser<'denoiser' | 'leave-one-out'>,
  law: readonly number[],
  t: number,
): Promise<number[]> {
  const L = chain.numPositions;
  const from = chain.sequences.flatMap((sequence, i) => (law[i]! > 0 ? [{ sequence, prob: law[i]! }] : []));
  if (from.length === 0) return law.map(() => 0);
  const [perState, count] = [L * LEVELS, from.length * L * LEVELS];
  const initial: States = {
    values: Int32Array.from(Array.from({ length: count }, (_, e) => from[Math.floor(e / perState)]!.sequence).flat()),
    shape: [count, L],
  };
  const rng = scriptedRng((labels, index) => {
    const choice = (labels.at(-1) as number) % perState;
    return index === 0 ? (Math.floor(choice / LEVELS) + 0.5) / L : ((choice % LEVELS) + 0.5) / LEVELS;
  });
  const { values } = await finalStates(gibbsSampler({ transition, denoiser, initial, shape: [count, L], rng, t, rounds: 1 }));
  const after = new Array<number>(chain.sequences.length).fill(0);
  for (let e = 0; e < count; e++) {
    after[indexOf([...values.subarray(e * L, (e + 1) * L)], chain.numStates)]! += from[Math.floor(e / perState)]!.prob / perState;
  }
  return after;
}

/** One round of the kernel from the formula, with the matrices of the chain. */
function gibbsLaw({ chain, transition }: Family, logits: ExactLogits, law: readonly number[], s: number): number[] {
  const [K, L, mask] = [chain.numStates, chain.numPositions, transition.absorbing?.maskState];
  const after = new Array<number>(law.length).fill(0);
  chain.sequences.forEach((xs, i) => {
    for (let n = 0; n < L && law[i]! > 0; n++) {
      const asked = mask === undefined ? xs : xs.with(n, mask);
      const reached = chain.between(0, s, n);
      const f = predicted(logits(asked, s)[n]!, chain.extraMask ?? -1);
      // Where some state cannot come from every x_0, x_0 ~ f as it is.
      const full = reached.every((row, c) => c === chain.extraMask || row.every((prob) => prob > 0)) || mask !== undefined;
      const likelihoods = reached.map((row) => row[asked[n]!]!);
      const loo = likelihoods.map((likelihood, c) => (likelihood > 0 ? f[c]! / (full ? likelihood : 1) : 0));
      const total = loo.reduce((sum, weight) => sum + weight, 0);
      for (let state = 0; state < K; state++) {
        const prob = loo.reduce((sum, weight, c) => sum + (weight / total) * reached[c]![state]!, 0);
        after[indexOf(xs.with(n, state), K)]! += (law[i]! * prob) / L;
      }
    }
  });
  return after;
}

describe.each(names)('Gibbs rounds under %s noise', (name) => {
  const family = families.get(name)!;
  const { chain, dataLaw } = family;
  const K = chain.numStates;

  it('keep q_t with the exact network, at every t', async () => {
    const denoiser = exactNetwork('denoiser', K, exactDenoiser(chain, dataLaw));
    for (let t = 1; t <= 4; t++) {
      const law = marginalLaw(chain, dataLaw, t);
      // Each of at most K − 1 places where a draw turns is off by half a level, up and down.
      expect(totalVariation(await afterRound(family, denoiser, law, t), law)).toBeLessThan((K - 1) / LEVELS);
    }
  });

  it('are those of the formula, from every state, of a wrong network', async () => {
    const logits = randomLogits(5, K, chain.extraMask === undefined ? {} : { extraMask: chain.extraMask });
    const denoiser = exactNetwork('denoiser', K, logits);
    for (const t of [1, 3]) {
      const reached = marginalLaw(chain, dataLaw, t);
      for (const from of chain.sequences.keys()) {
        const law = reached.map((prob, i) => Number(i === from && prob > 0));
        expect(totalVariation(await afterRound(family, denoiser, law, t), gibbsLaw(family, logits, law, t))).toBeLessThan((K - 1) / LEVELS);
      }
    }
  });

  it('move another law towards q_t', async () => {
    const denoiser = exactNetwork('denoiser', K, exactDenoiser(chain, dataLaw));
    const law = marginalLaw(chain, dataLaw, 2);
    const possible = law.map((prob) => (prob > 0 ? 1 : 0) / law.filter((other) => other > 0).length);
    expect(totalVariation(await afterRound(family, denoiser, possible, 2), law)).toBeLessThan(0.9 * totalVariation(possible, law));
  });
});

describe('gibbsSampler', () => {
  it('keeps q_t with an exact leave-one-out network', async () => {
    const { transition: _, ...family } = families.get('uniform')!;
    const denoiser = exactNetwork('leave-one-out', 3, exactLeaveOneOut(family.chain, family.dataLaw));
    const law = marginalLaw(family.chain, family.dataLaw, 2);
    expect(totalVariation(await afterRound(families.get('uniform')!, denoiser, law, 2), law)).toBeLessThan(2 / LEVELS);
  });

  it.each(['uniform', 'absorbing, extra mask', 'dense, asymmetric'] as const)('reaches q_t from anywhere: %s', async (name) => {
    const { transition, chain, dataLaw } = families.get(name)!;
    const denoiser = exactNetwork('denoiser', chain.numStates, exactDenoiser(chain, dataLaw));
    const initial = { values: new Int32Array(2 * 4000), shape: [4000, 2] };
    const options = { transition, denoiser, initial, shape: [4000, 2], rng: createRng(6), t: 2, rounds: 25 };
    expectSampledFrom(countSequences(await finalStates(gibbsSampler(options)), chain.numStates), marginalLaw(chain, dataLaw, 2));
  });

  it('yields a state a round, all at t, for one call of every example', async () => {
    const { transition, chain } = families.get('absorbing, extra mask')!;
    const denoiser = exactNetwork('denoiser', 4, randomLogits(5, 4, { extraMask: 1 }));
    const initial = { values: new Int32Array(10).fill(2), shape: [5, 2] };
    const yielded = await all(gibbsSampler({ transition, denoiser, initial, shape: [5, 2], rng: createRng(1), t: 3, rounds: 2 }));
    expect(yielded.map(({ t, networkCalls, networkRows }) => [t, networkCalls, networkRows])).toEqual([
      [3, 0, 0],
      [3, 1, 5],
      [3, 2, 10],
    ]);
    expect(chain.numSteps).toBe(4);
  });

  it('leaves alone what absorbing noise has fixed, and asks nothing where all is', async () => {
    const { transition } = families.get('absorbing, extra mask')!;
    const denoiser = exactNetwork('denoiser', 4, randomLogits(5, 4, { extraMask: 1 }));
    const initial = { values: new Int32Array(40).fill(1), shape: [20, 2] };
    const options = { transition, denoiser, initial, shape: [20, 2], rng: createRng(1), t: 2, rounds: 30 };
    const { values } = await finalStates(gibbsSampler({ ...options, constraint: fixStates([3, -1], transition) }));
    expect(new Set(values.filter((_, i) => i % 2 === 0))).toEqual(new Set([3]));
    expect(new Set(values.filter((_, i) => i % 2 === 1)).size).toBeGreaterThan(2);
    const fixed = await all(gibbsSampler({ ...options, constraint: fixStates([3, 0], transition) }));
    expect(fixed.at(-1)).toMatchObject({ networkCalls: 0, networkRows: 0 });
  });

  it('does nothing where no noise has come yet', async () => {
    const { transition } = makeFamily('absorbing, re-used mask', { seed: 3, numSteps: 3, betas: [0, 0.5, 1] });
    const denoiser = exactNetwork('denoiser', 3, randomLogits(5, 3));
    const initial = { values: Int32Array.of(0, 2), shape: [1, 2] };
    const states = await finalStates(gibbsSampler({ transition, denoiser, initial, shape: [1, 2], rng: createRng(1), t: 1, rounds: 5 }));
    expect(states).toEqual(initial);
    expect(denoiser.asked).toHaveLength(0);
  });

  it('refuses a step that is none, rounds that are none, and a network without f', () => {
    const { transition } = families.get('uniform')!;
    const denoiser = exactNetwork('denoiser', 3, randomLogits(5, 3));
    const options = {
      transition,
      denoiser,
      initial: { values: new Int32Array(2), shape: [1, 2] },
      shape: [1, 2],
      rng: createRng(1),
      t: 1,
      rounds: 1,
    };
    const refusal =
      (change: object): (() => unknown) =>
      () =>
        gibbsSampler({ ...options, ...change });
    for (const change of [{ t: 0 }, { t: 5 }, { rounds: -1 }, { rounds: 1.5 }]) {
      expect(refusal(change)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    }
    expect(refusal({ denoiser: exactNetwork('direct', 3, randomLogits(5, 3)) })).toThrow(expect.objectContaining({ code: 'UNSOUND' }));
    expect(refusal({ initial: { values: new Int32Array(3), shape: [1, 3] } })).toThrow(expect.objectContaining({ code: 'SHAPE' }));
  });
});

describe('correctedSampler', () => {
  it.each([
    ['uniform', 1],
    ['uniform', 3],
    ['absorbing, extra mask', 2],
    ['dense, asymmetric', 1],
  ] as const)('samples the enumerated law of steps and rounds of a wrong network: %s, %i', async (name, rounds) => {
    const family = families.get(name)!;
    const { transition, chain, prior } = family;
    const logits = randomLogits(5, chain.numStates, chain.extraMask === undefined ? {} : { extraMask: chain.extraMask });
    const model = { chain, prior, reverse: exactMixture, logits };
    let law = productLaw(chain, prior);
    for (let t = 4; t >= 1; t--) {
      const step = exactReverseLaw(model, t - 1, t);
      law = law.map((_, to) => law.reduce((sum, prob, from) => (prob > 0 ? sum + prob * step[from]![to]! : sum), 0));
      for (let round = 0; round < rounds && t > 1; round++) law = gibbsLaw(family, logits, law, t - 1);
    }
    const denoiser = exactNetwork('denoiser', chain.numStates, logits);
    const options = { transition, denoiser, reverse: mixture(), shape: [6000, 2], rng: createRng(8), rounds };
    expectSampledFrom(countSequences(await finalStates(correctedSampler(options)), chain.numStates), law);
  });

  it('of no rounds is ancestral sampling, and a round is a call', async () => {
    const { transition } = families.get('uniform')!;
    const denoiser = exactNetwork('leave-one-out', 3, randomLogits(5, 3));
    const options = { transition, denoiser, reverse: leaveOneOut(), shape: [50, 2], rng: createRng(8) };
    expect(await all(correctedSampler({ ...options, rounds: 0 }))).toEqual(await all(ancestralSampler(options)));
    expect((await all(correctedSampler({ ...options, rounds: 2 }))).at(-1)).toMatchObject({
      networkCalls: 4 + 3 * 2,
      networkRows: 10 * 50,
    });
  });

  it('corrects what a long step that draws positions apart has missed, with the exact network', async () => {
    const { transition, chain } = smallChain([0.1, 0.1, 0.5, 1], 2);
    const alike = chain.sequences.map(([a, b]) => (a === b && a !== MASK ? 0.5 : 0));
    const denoiser = exactNetwork('denoiser', 3, exactDenoiser(chain, alike));
    const distance = async (rounds: number): Promise<number> => {
      const options = { transition, denoiser, reverse: mixture(), shape: [4000, 2], rng: createRng(8), numSteps: 2, rounds };
      const state = (await all(correctedSampler(options))).find(({ t }) => t === 2)!;
      const law = countSequences(state.states, 3).map((count) => count / 4000);
      return totalVariation(law, marginalLaw(chain, alike, 2));
    };
    expect(await distance(0)).toBeGreaterThan(0.3);
    expect(await distance(8)).toBeLessThan(0.05);
  });
});
