import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, mixture } from '@d3pm/core';
import { exactDenoiser, expectAllClose, expectSampledFrom, productLaw, type ExactLogits } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, finalStates, fixStates, remaskingSampler } from '@d3pm/samplers';
import { countSequences, exactNetwork } from './exact-network.ts';
import { randomLogits } from './oracle-families.ts';
import { all, K, MASK, predicted, rowOf, scriptedRng, smallChain } from './samplers-cases.ts';

beforeAll(async () => {
  await prepareEngine();
});

const betas = [0.3, 0.2, 0.5, 1];
const { transition, chain, dataLaw } = smallChain(betas);
const T = betas.length;
/** 1 − ᾱ_t, from products of matrices. */
const masked = (t: number): number => chain.between(0, t, 0)[0]![MASK]!;
const wrong: ExactLogits = randomLogits(5, K, { extraMask: MASK });
const strengths = [0, 0.4, 1];

/** σ_t and the probability that a mask lifts, from the formula. */
function rates(s: number, t: number, strength: number): { readonly remask: number; readonly lift: number } {
  const clean = 1 - masked(t);
  const remask = strength * Math.min(1, s === 0 ? 0 : masked(s) / clean);
  return { remask, lift: 1 - (masked(s) - (clean > 0 ? remask * clean : 0)) / masked(t) };
}

/** Where the decision of the first step, for a masked and an unmasked position, turns: by bisection of the number that it reads. */
async function decided(t: number, numSteps: number, strength: number): Promise<{ readonly lift: number; readonly remask: number }> {
  const first = smallChain(betas.slice(0, t), 1).transition;
  const denoiser = exactNetwork('denoiser', K, wrong);
  const initial = { values: Int32Array.of(MASK, 2), shape: [2, 1] };
  const happens = async (numbers: readonly number[]): Promise<readonly boolean[]> => {
    const rng = scriptedRng((labels, index) => (index === 0 ? numbers[labels.at(-1) as number]! : 0.5));
    const sampler = remaskingSampler({ transition: first, denoiser, shape: [2, 1], rng, initial, strength, numSteps });
    await sampler.next();
    const { value } = await sampler.next();
    return [value!.states.values[0] !== MASK, value!.states.values[1] === MASK];
  };
  const [low, high] = [
    [0, 0],
    [1, 1],
  ];
  for (let i = 0; i < 52; i++) {
    const middle = low.map((value, j) => (value + high[j]!) / 2);
    (await happens(middle)).forEach((event, j) => ((event ? low : high)[j] = middle[j]!));
  }
  return { lift: low[0]!, remask: low[1]! };
}

describe.each(strengths)('remaskingSampler of strength %f', (strength) => {
  it.each([
    [4, 4, 3],
    [3, 3, 2],
    [3, 2, 2],
    [2, 2, 1],
    [2, 1, 0],
    [3, 1, 0],
    [1, 1, 0],
  ])('takes a position from q_t to q_s to 1e-12, from t = %i in the first of %i steps to s = %i', async (t, numSteps, s) => {
    const { lift, remask } = await decided(t, numSteps, strength);
    expectAllClose([remask, lift], [rates(s, t, strength).remask, rates(s, t, strength).lift], { rtol: 1e-12, atol: 1e-14 });
    // What is unmasked has the law of the data under an exact network, whatever σ_t: only the share of masks can go wrong.
    const share = masked(t) * (1 - lift) + (1 - masked(t)) * remask;
    expectAllClose([share], [masked(s)], { rtol: 1e-12, atol: 1e-14 });
  });

  it('samples the enumerated law of its own chain with a wrong network', async () => {
    let law = productLaw(
      chain,
      [0, 1, 2].map(() => [0, 1, 0]),
    );
    for (let t = T; t >= 1; t--) {
      const { lift, remask } = rates(t - 1, t, strength);
      const steps = chain.sequences.map((xt) => {
        const rows = wrong(xt, t);
        return productLaw(
          chain,
          xt.map((state, n) =>
            state === MASK
              ? predicted(rows[n]!).map((f, c) => (c === MASK ? 1 - lift : lift * f))
              : [0, 1, 2].map((c) => (c === MASK ? remask : c === state ? 1 - remask : 0)),
          ),
        );
      });
      law = law.map((_, to) => law.reduce((sum, prob, from) => sum + prob * steps[from]![to]!, 0));
    }
    const denoiser = exactNetwork('denoiser', K, wrong);
    const states = await finalStates(remaskingSampler({ transition, denoiser, shape: [20_000, 3], rng: createRng(9), strength }));
    expectSampledFrom(countSequences(states, K), law);
  });

  it('keeps the share of masks and the law of a position at every step, with the exact network', async () => {
    const denoiser = exactNetwork('denoiser', K, exactDenoiser(chain, dataLaw));
    const yielded = await all(remaskingSampler({ transition, denoiser, shape: [6000, 3], rng: createRng(3), strength }));
    for (const state of yielded) {
      for (let n = 0; n < 3; n++) {
        const counts = [0, 0, 0];
        for (let b = 0; b < 6000; b++) counts[rowOf(state, b)[n]!]! += 1;
        const law = [0, 0, 0];
        chain.sequences.forEach((x0, i) => {
          chain.between(0, state.t, n)[x0[n]!]!.forEach((prob, c) => (law[c]! += prob * dataLaw[i]!));
        });
        expectSampledFrom(counts, law);
      }
    }
  });
});

it('of strength 0 is ancestral sampling, number by number', async () => {
  const denoiser = exactNetwork('denoiser', K, wrong);
  const options = { transition, denoiser, shape: [200, 3], rng: createRng(3), numSteps: 3 };
  const ancestral = await all(ancestralSampler({ ...options, reverse: mixture() }));
  expect(await all(remaskingSampler({ ...options, strength: 0 }))).toEqual(ancestral);
});

it('masks again what it has unmasked, and never what is fixed', async () => {
  const denoiser = exactNetwork('denoiser', K, wrong);
  const constraint = fixStates([-1, 2, -1], transition);
  const yielded = await all(
    remaskingSampler({ transition, denoiser, shape: [200, 3], rng: createRng(3), strength: (t) => t / T, constraint }),
  );
  let remasked = 0;
  yielded.slice(1).forEach((state, i) => {
    for (let b = 0; b < 200; b++) {
      const [was, is] = [rowOf(yielded[i]!, b), rowOf(state, b)];
      expect(is[1]).toBe(2);
      remasked += is.filter((drawn, n) => drawn === MASK && was[n] !== MASK).length;
    }
  });
  expect(remasked).toBeGreaterThan(50);
  expect(yielded.at(-1)!.states.values).not.toContain(MASK);
});

it.each([-0.1, 1.01, Number.NaN, '1', (t: number) => t])('refuses a strength of %s, at once', (strength) => {
  const denoiser = exactNetwork('denoiser', K, wrong);
  const options = { transition, denoiser, shape: [1, 3], rng: createRng(3), strength: strength as number };
  expect(() => remaskingSampler(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
});
