import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, mixture } from '@d3pm/core';
import { expectSampledFrom } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, confidenceSampler, finalStates } from '@d3pm/samplers';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';
import { countSequences, exactNetwork } from './exact-network.ts';
import { randomLogits } from './oracle-families.ts';
import { all, indexOf, K, MASK, predicted, recordingNetwork, rowOf } from './samplers-cases.ts';

beforeAll(async () => {
  await prepareEngine();
});

const linear = (numSteps: number): ReturnType<typeof absorbing.create> =>
  absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps }) }, { maskState: MASK });
const logits = randomLogits(5, K, { extraMask: MASK });
const confidence = (states: readonly number[], t: number): number[] =>
  logits(states, t).map((row, n) => (states[n] === MASK ? Math.max(...predicted(row)) : -1));

describe('confidenceSampler', () => {
  it('samples the law of its order: at each step the surest position, drawn from f', async () => {
    const law = new Array<number>(K ** 3).fill(0);
    const go = (states: readonly number[], t: number, prob: number): void => {
      if (t === 0) return void (law[indexOf(states)]! += prob);
      const sure = confidence(states, t);
      const n = sure.indexOf(Math.max(...sure));
      predicted(logits(states, t)[n]!).forEach((f, state) => f > 0 && go(states.with(n, state), t - 1, prob * f));
    };
    go([MASK, MASK, MASK], 3, 1);
    const denoiser = exactNetwork('denoiser', K, logits);
    const options = { transition: linear(3), denoiser, shape: [6000, 3], rng: createRng(2) };
    const counts = countSequences(await finalStates(confidenceSampler(options)), K);
    expectSampledFrom(counts, law);
    // Which is not that of the chain.
    const ancestral = countSequences(await finalStates(ancestralSampler({ ...options, reverse: mixture() })), K);
    expect(() =>
      expectSampledFrom(
        ancestral,
        law.map((prob) => prob),
      ),
    ).toThrow(/expectSampledFrom/);
  });

  it('lifts as many as brings each example nearest to its expected number of masks, the surest ones', async () => {
    const denoiser = recordingNetwork('denoiser', K, logits);
    const transition = linear(10);
    const yielded = await all(confidenceSampler({ transition, denoiser, shape: [4, 7], rng: createRng(2), numSteps: 4 }));
    expect(yielded.map(({ t }) => t)).toEqual([10, 8, 5, 3, 0]);
    yielded.forEach((state) => {
      for (let b = 0; b < 4; b++) expect(rowOf(state, b).filter((value) => value === MASK)).toHaveLength(Math.round(0.7 * state.t));
    });
    yielded.slice(1).forEach((state, i) => {
      const [was, is] = [rowOf(yielded[i]!, 0), rowOf(state, 0)];
      const sure = confidence(was, yielded[i]!.t);
      const lifted = sure.filter((_, n) => is[n] !== was[n]);
      const left = sure.filter((_, n) => is[n] === MASK);
      expect(Math.min(...lifted)).toBeGreaterThan(Math.max(...left, 0));
    });
    expect(denoiser.calls.map((rows) => rows[0]!.t)).toEqual([10, 8, 5, 3]);
  });

  it('lifts as many as ancestral sampling would, when they are drawn', async () => {
    const denoiser = exactNetwork('denoiser', K, logits);
    const options = { transition: linear(4), denoiser, shape: [30, 6], rng: createRng(2) };
    const drawn = await all(confidenceSampler({ ...options, count: 'drawn' }));
    const ancestral = await all(ancestralSampler({ ...options, reverse: mixture() }));
    expect(drawn[1]!.changed).toBe(ancestral[1]!.changed);
    for (let b = 0; b < 30; b++) {
      const masks = [drawn, ancestral].map((states) => rowOf(states[1]!, b).filter((value) => value === MASK).length);
      expect(masks[0]).toBe(masks[1]);
    }
    expect(drawn.at(-1)!.states.values).not.toContain(MASK);
  });

  it('takes the mode where it is asked to, and starts from what is there', async () => {
    const denoiser = exactNetwork('denoiser', K, logits);
    const initial = { values: Int32Array.of(0, MASK, 2, 2, 2, 2), shape: [2, 3] };
    const options = { transition: linear(4), denoiser, shape: [2, 3], rng: createRng(2), initial, decision: 'argmax' } as const;
    const yielded = await all(confidenceSampler(options));
    expect(yielded.at(-1)).toMatchObject({ networkCalls: 1, networkRows: 1 });
    const at = yielded.find(({ changed }) => changed > 0)!;
    const f = predicted(logits([0, MASK, 2], yielded[yielded.indexOf(at) - 1]!.t)[1]!);
    expect(rowOf(yielded.at(-1)!, 0)).toEqual([0, f.indexOf(Math.max(...f)), 2]);
    expect(rowOf(yielded.at(-1)!, 1)).toEqual([2, 2, 2]);
  });

  it('refuses another count and another decision', () => {
    const denoiser = exactNetwork('denoiser', K, logits);
    const options = { transition: linear(3), denoiser, shape: [1, 3], rng: createRng(2) };
    for (const change of [{ count: 'all' }, { decision: 'mode' }]) {
      expect(() => confidenceSampler({ ...options, ...(change as object) })).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    }
  });
});
