import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, mixture, stepGrid, type Denoiser } from '@d3pm/core';
import { exactMixture, exactModelLaw, expectAllClose, expectSampledFrom, type ExactLogits } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, eventSampler, finalStates } from '@d3pm/samplers';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';
import { zeros } from '@tensorflow/tfjs-core';
import { countSequences, exactNetwork } from './exact-network.ts';
import { randomLogits } from './oracle-families.ts';
import {
  ALMOST_ONE,
  all,
  digits,
  indexOf,
  K,
  MASK,
  pathProbs,
  recordingNetwork,
  rowOf,
  scriptedRng,
  smallChain,
  totalVariation,
} from './samplers-cases.ts';

beforeAll(async () => {
  await prepareEngine();
});

const { transition, chain, cells } = smallChain();
const T = chain.numSteps;
const prior = [0, 1, 2].map(() => [0, 1, 0]);
const modelLaw = (logits: ExactLogits, grid?: readonly number[]): number[] =>
  exactModelLaw({ chain, prior, reverse: exactMixture, logits, ...(grid && { grid }) });
const networks = [
  ['a time-free network', true],
  ['one that is told the time', false],
] as const;
const logitsOf = (timeFree: boolean): ExactLogits => randomLogits(5, K, { extraMask: MASK, timeFree });

describe.each(networks)('eventSampler of %s', (_, timeFree) => {
  const logits = logitsOf(timeFree);

  it.each([
    ['all steps', 4],
    ['3 of 4 steps', 3],
  ])('has the law of the chain to 1e-12, decision by decision: %s', async (__, numSteps) => {
    const grid = [...stepGrid(T, numSteps)];
    const inCell = grid.slice(1).map((t, i) => cells.slice(grid[i], t).reduce((sum, prob) => sum + prob, 0));
    const below = inCell.map((___, i) => inCell.slice(0, i).reduce((sum, prob) => sum + prob, 0));
    // Every choice of a step for each of 3 positions, and of one of the two states.
    const bases = [...new Array<number>(3).fill(numSteps), 2, 2, 2];
    const count = bases.reduce((product, base) => product * base, 1);
    const rng = scriptedRng(([kind, example], n) => {
      if (kind === 'prior') return 0.5;
      const choice = digits(example as number, bases);
      if (kind === 'lift') return below[choice[n]!]! + inCell[choice[n]!]! / 2;
      return choice[3 + n] === 0 ? 0 : ALMOST_ONE;
    });
    const network = recordingNetwork('denoiser', K, logits, { timeFree });
    const yielded = await all(eventSampler({ transition, denoiser: network, shape: [count, 3], rng, numSteps }));
    const law = new Array<number>(K ** 3).fill(0);
    pathProbs(yielded, network.calls, logits).forEach((prob, b) => {
      const steps = digits(b, bases).slice(0, 3);
      law[indexOf(rowOf(yielded.at(-1)!, b))]! += steps.reduce((product, step) => product * inCell[step]!, prob);
    });
    expectAllClose(law, modelLaw(logits, grid), { rtol: 1e-12, atol: 1e-14 });
  });

  it('samples the law of the chain, as ancestral sampling does', async () => {
    const denoiser = exactNetwork('denoiser', K, logits, { timeFree });
    const options = { transition, denoiser, shape: [20_000, 3], rng: createRng(11) };
    const law = modelLaw(logits);
    const counts = countSequences(await finalStates(eventSampler(options)), K);
    expectSampledFrom(counts, law);
    expect(
      totalVariation(
        counts.map((count) => count / 20_000),
        law,
      ),
    ).toBeLessThan(1.5 * Math.sqrt(8 / 20_000));
    expectSampledFrom(countSequences(await finalStates(ancestralSampler({ ...options, reverse: mixture() })), K), law);
  });
});

it('takes the mode where the step to 0 is asked to, and nowhere else', async () => {
  const logits = logitsOf(false);
  const denoiser = exactNetwork('denoiser', K, logits);
  const yielded = await all(eventSampler({ transition, denoiser, shape: [300, 3], rng: createRng(4), lastStep: 'argmax' }));
  const isMode = { last: new Set<boolean>(), others: new Set<boolean>() };
  yielded.slice(1).forEach((state, i) => {
    for (let b = 0; b < 300; b++) {
      const [was, is, t] = [rowOf(yielded[i]!, b), rowOf(state, b), yielded[i]!.exampleSteps![b]!];
      is.forEach((drawn, n) => {
        if (drawn === was[n]) return;
        const f = logits(was, t)[n]!;
        (t === 1 ? isMode.last : isMode.others).add(drawn === (f[0]! >= f[2]! ? 0 : 2));
      });
    }
  });
  expect(isMode).toEqual({ last: new Set([true]), others: new Set([true, false]) });
});

it('starts where it is told to: only masks lift, and nothing is asked without one', async () => {
  const denoiser = recordingNetwork('denoiser', K, logitsOf(false));
  const initial = { values: Int32Array.of(0, MASK, 2, 2, 0, 0), shape: [2, 3] };
  const yielded = await all(eventSampler({ transition, denoiser, shape: [2, 3], rng: createRng(3), initial }));
  expect(yielded.map(({ t, networkCalls, networkRows, changed }) => [t > 0, networkCalls, networkRows, changed])).toEqual([
    [true, 0, 0, 0],
    [false, 1, 1, 1],
  ]);
  expect(denoiser.calls).toHaveLength(1);
  expect(denoiser.calls[0]![0]!.states).toEqual([0, MASK, 2]);
  expect(rowOf(yielded[1]!, 1)).toEqual([2, 0, 0]);
  const full = await all(
    eventSampler({ transition, denoiser, shape: [1, 3], rng: createRng(3), initial: { values: Int32Array.of(0, 0, 2), shape: [1, 3] } }),
  );
  expect(full.map(({ t, networkCalls }) => [t, networkCalls])).toEqual([
    [T, 0],
    [0, 0],
  ]);
});

it('tells each example its own step, and sends no finished one', async () => {
  const denoiser = recordingNetwork('denoiser', K, logitsOf(false));
  const yielded = await all(eventSampler({ transition, denoiser, shape: [40, 3], rng: createRng(8) }));
  yielded.slice(0, -1).forEach(({ exampleSteps, t, networkCalls, networkRows }, i) => {
    expect(t).toBe(i === 0 ? T : Math.max(...exampleSteps!));
    expect(networkCalls).toBe(i);
    const unfinished = [...exampleSteps!].filter((step) => step > 0);
    expect(denoiser.calls[i]!.map((row) => row.t)).toEqual(unfinished);
    expect(networkRows + unfinished.length).toBe(yielded[i + 1]!.networkRows);
  });
  expect(yielded.map(({ t }) => t)).toEqual(yielded.map(({ t }) => t).toSorted((a, b) => b - a));
  expect(yielded.at(-1)!.t).toBe(0);
  expect(new Set(denoiser.calls[0]!.map((row) => row.t)).size).toBeGreaterThan(1);
});

it('needs at most 128 calls for 1000 steps, 128 positions and a batch of 64, and as many rows as ancestral sampling', async () => {
  const long = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: 1000 }) }, { maskState: MASK });
  const denoiser: Denoiser<'denoiser'> = {
    prediction: 'denoiser',
    numStates: K,
    timeFree: true,
    logits: ({ shape }) => zeros([...shape, K]),
  };
  const yielded = await all(eventSampler({ transition: long, denoiser, shape: [64, 128], rng: createRng(1) }));
  const { networkCalls, networkRows, states } = yielded.at(-1)!;
  expect(networkCalls).toBeLessThanOrEqual(128);
  // 1000 (1 − (1 − 1/1000)^128) = 120.2 distinct steps an example.
  expect(Math.abs(networkRows / 64 - 120.2)).toBeLessThan(2);
  expect(states.values).not.toContain(MASK);
});

it('lifts no mask of a chain that sets none', async () => {
  const idle = smallChain([0, 0]).transition;
  const initial = { values: Int32Array.of(0, MASK, 2), shape: [1, 3] };
  const denoiser = recordingNetwork('denoiser', K, logitsOf(false));
  const yielded = await all(eventSampler({ transition: idle, denoiser, shape: [1, 3], rng: createRng(3), initial }));
  expect(rowOf(yielded.at(-1)!, 0)).toEqual([0, MASK, 2]);
  expect(denoiser.calls).toHaveLength(0);
});
