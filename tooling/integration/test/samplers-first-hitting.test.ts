import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '@d3pm/core';
import { exactMixture, exactModelLaw, expectAllClose, expectSampledFrom, forwardChain, type ExactLogits } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { eventSampler, finalStates, firstHittingSampler } from '@d3pm/samplers';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';
import { countSequences, exactNetwork } from './exact-network.ts';
import { absorbingStep, randomLogits } from './oracle-families.ts';
import {
  ALMOST_ONE,
  all,
  digits,
  indexOf,
  K,
  MASK,
  pathProbs,
  predicted,
  recordingNetwork,
  rowOf,
  scriptedRng,
  smallChain,
  totalVariation,
} from './samplers-cases.ts';

beforeAll(async () => {
  await prepareEngine();
});

const { transition, cells } = smallChain();
const T = cells.length;
const logitsOf = (timeFree: boolean): ExactLogits => randomLogits(5, K, { extraMask: MASK, timeFree });
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** The law of x_0 when the network is asked position after position in a uniformly random order, without a time. */
function anyOrderLaw(logits: ExactLogits): number[] {
  const law = new Array<number>(K ** 3).fill(0);
  const go = (states: readonly number[], order: readonly number[], prob: number): void => {
    const [n, ...rest] = order;
    if (n === undefined) law[indexOf(states)]! += prob;
    else predicted(logits(states, 1)[n]!).forEach((f, state) => f > 0 && go(states.with(n, state), rest, prob * f));
  };
  for (const order of orders) go([MASK, MASK, MASK], order, 1 / 6);
  return law;
}

/** The law of an ancestral chain with `parts` steps in each of T, whose network is told the step of the T that they are part of. */
function refinedLaw(logits: ExactLogits, parts: number): number[] {
  const below = cells.map((_, i) => cells.slice(0, i).reduce((sum, prob) => sum + prob, 0));
  const masked = [0, ...cells.flatMap((prob, i) => Array.from({ length: parts }, (_, j) => below[i]! + (prob * (j + 1)) / parts))];
  const chain = forwardChain({
    numSteps: T * parts,
    numPositions: 3,
    step: (t) => absorbingStep(K, (masked[t]! - masked[t - 1]!) / (1 - masked[t - 1]!), MASK),
    extraMask: MASK,
  });
  const prior = [0, 1, 2].map(() => [0, 1, 0]);
  return exactModelLaw({ chain, prior, reverse: exactMixture, logits: (xt, t) => logits(xt, Math.ceil(t / parts)) });
}

/** The law of the sampler from its own decisions: a step for each position, an order within a step, and the states. */
async function decidedLaw(logits: ExactLogits, timeFree: boolean): Promise<number[]> {
  const bases = [T, T, T, 6, 2, 2, 2];
  const count = bases.reduce((product, base) => product * base, 1);
  const below = cells.map((_, i) => cells.slice(0, i).reduce((sum, prob) => sum + prob, 0));
  const rng = scriptedRng(([kind, example], n) => {
    if (kind === 'prior') return 0.5;
    const choice = digits(example as number, bases);
    if (kind === 'lift') return below[choice[n]!]! + (cells[choice[n]!]! * (1 + orders[choice[3]!]![n]!)) / 4;
    return choice[4 + n] === 0 ? 0 : ALMOST_ONE;
  });
  const network = recordingNetwork('denoiser', K, logits, { timeFree });
  const yielded = await all(firstHittingSampler({ transition, denoiser: network, shape: [count, 3], rng }));
  const law = new Array<number>(K ** 3).fill(0);
  pathProbs(yielded, network.calls, logits).forEach((prob, b) => {
    const choice = digits(b, bases);
    const weight = choice.slice(0, 3).reduce((product, step) => product * cells[step]!, 1 / 6);
    law[indexOf(rowOf(yielded.at(-1)!, b))]! += weight * prob;
    // The network is told the step of the cell: the latest first.
    expect(network.calls[0]![b]!.t).toBe(1 + Math.max(...choice.slice(0, 3)));
  });
  return law;
}

describe('firstHittingSampler', () => {
  it('of a time-free network draws in a uniformly random order, to 1e-12', async () => {
    expectAllClose(await decidedLaw(logitsOf(true), true), anyOrderLaw(logitsOf(true)), { rtol: 1e-12, atol: 1e-14 });
  });

  it('of a network that is told the time is the limit of chains of more and more steps, at the rate of 1/steps', async () => {
    const logits = logitsOf(false);
    const law = await decidedLaw(logits, false);
    const distances = [4, 8, 16].map((parts) => totalVariation(law, refinedLaw(logits, parts)));
    expect(distances[2]).toBeLessThan(0.005);
    expect(distances[0]! / distances[1]!).toBeCloseTo(2, 0);
    expect(distances[1]! / distances[2]!).toBeCloseTo(2, 0);
  });

  it('is near to ancestral sampling in many steps, at the rate of 1/steps', () => {
    const logits = logitsOf(true);
    const distanceAt = (numSteps: number): number => {
      const chain = forwardChain({
        numSteps,
        numPositions: 3,
        step: (t) => absorbingStep(K, 1 / (numSteps - t + 1), MASK),
        extraMask: MASK,
      });
      const prior = [0, 1, 2].map(() => [0, 1, 0]);
      return totalVariation(anyOrderLaw(logits), exactModelLaw({ chain, prior, reverse: exactMixture, logits }));
    };
    const [coarse, finer, fine] = [distanceAt(4), distanceAt(64), distanceAt(128)];
    expect(coarse).toBeGreaterThan(0.05);
    expect(fine).toBeLessThan(0.005);
    expect(finer / fine).toBeCloseTo(2, 1);
  });

  it.each([true, false])('samples that law: time-free %s', async (timeFree) => {
    const logits = logitsOf(timeFree);
    const denoiser = exactNetwork('denoiser', K, logits, { timeFree });
    const states = await finalStates(firstHittingSampler({ transition, denoiser, shape: [20_000, 3], rng: createRng(11) }));
    expectSampledFrom(countSequences(states, K), await decidedLaw(logits, timeFree));
  });

  it('costs a call a position, for every example that has one left', async () => {
    const network = recordingNetwork('denoiser', K, logitsOf(false));
    const initial = { values: Int32Array.of(MASK, MASK, MASK, 0, MASK, 2), shape: [2, 3] };
    const yielded = await all(firstHittingSampler({ transition, denoiser: network, shape: [2, 3], rng: createRng(2), initial }));
    expect(yielded.map(({ networkCalls, networkRows, changed }) => [networkCalls, networkRows, changed])).toEqual([
      [0, 0, 0],
      [1, 2, 2],
      [2, 3, 1],
      [3, 4, 1],
    ]);
    expect(network.calls.map((rows) => rows.length)).toEqual([2, 1, 1]);
    expect(yielded.at(-1)!.t).toBe(0);
  });

  it('gives the samples of eventSampler where no two masks of an example lift in one step', async () => {
    const fine = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: 10 ** 5 }) }, { maskState: MASK });
    const denoiser = exactNetwork('denoiser', K, logitsOf(true), { timeFree: true });
    const options = { transition: fine, denoiser, shape: [50, 3], rng: createRng(6) };
    expect(await finalStates(firstHittingSampler(options))).toEqual(await finalStates(eventSampler(options)));
  });
});
