import { createRng, mixture, type Denoiser, type Transition } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { evaluateAutoregressive, evaluateBound, evaluateExactCount } from '@d3pm/eval';
import { ancestralSampler, autoregressiveSampler, eventSampler, firstHittingSampler, remaskingSampler } from '@d3pm/samplers';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';
import { zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { autoregressiveChain } from './autoregressive-chain.ts';

await prepareEngine({ backend: 'cpu' });

const [K, N, CALLS] = [3, 12, 12];
const schedule = inverseRemaining({ numSteps: CALLS });
const transition = absorbing.create({ numStates: K, schedule }, {});
const shape = [1, N];
const data = Array.from({ length: CALLS }, () => ({ values: new Int32Array(N), shape }));

/** Computes for a while and answers at once, so that nothing waits for anything. */
const busy: Denoiser<'denoiser'> = {
  prediction: 'denoiser',
  numStates: K,
  timeFree: false,
  causal: true,
  logits: (states) => {
    const end = performance.now() + 25;
    while (performance.now() < end);
    return zeros([...states.shape, K]);
  },
};

/** The work, in which the promise that a timer has rung is asked for at every call: at which it was so first, of how many. */
async function heardAt(work: (tell: () => void) => Promise<unknown>): Promise<readonly [heard: number, calls: number]> {
  let [rung, calls, heard] = [false, 0, Infinity];
  setTimeout(() => (rung = true), 1);
  await work(() => {
    calls++;
    if (rung) heard = Math.min(heard, calls);
  });
  return [heard, calls];
}

const options = { transition: transition as Transition, denoiser: busy, rng: createRng(1) };
const chain = autoregressiveChain(K, N);

describe('a timer rings while there is work', () => {
  it.each<[string, (tell: () => void) => Promise<unknown>]>([
    ['evaluateBound', (tell) => evaluateBound({ ...options, reverse: mixture(), data: data.slice(0, 1), onProgress: tell })],
    ['evaluateExactCount', (tell) => evaluateExactCount({ ...options, reverse: mixture(), data, onProgress: tell })],
    ['evaluateAutoregressive', (tell) => evaluateAutoregressive({ ...options, transition: chain, data, onProgress: tell })],
    ['ancestralSampler', (tell) => drained(ancestralSampler({ ...options, reverse: mixture(), shape }), tell)],
    ['eventSampler', (tell) => drained(eventSampler({ ...options, shape }), tell)],
    ['firstHittingSampler', (tell) => drained(firstHittingSampler({ ...options, shape }), tell)],
    ['remaskingSampler', (tell) => drained(remaskingSampler({ ...options, shape }), tell)],
    ['autoregressiveSampler', (tell) => drained(autoregressiveSampler({ ...options, transition: chain, shape }), tell)],
  ])('%s', async (_, work) => {
    const [heard, calls] = await heardAt(work);
    expect(calls).toBeGreaterThan(5);
    expect(heard).toBeLessThanOrEqual(4);
  });
});

async function drained(states: AsyncIterable<unknown>, tell: () => void): Promise<void> {
  for await (const _ of states) tell();
}
