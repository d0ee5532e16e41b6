import { createRng } from '@d3pm/core';
import { ancestralSampler } from '@d3pm/samplers';
import type { Frame } from './learn-messages.ts';
import type { Network } from './network.ts';
import { sampleShape } from './training-plan.ts';

/** A longer chain is sampled in so many steps. */
const MOST_STEPS = 200;

/** Samples from a network, with every state on the way from x_T to x_0. */
export async function* sampleNetwork(network: Network, { seed }: { readonly seed: number }): AsyncGenerator<Frame, void, undefined> {
  const { transition, reverse, denoiser } = network;
  const sampler = ancestralSampler({
    transition,
    denoiser,
    reverse,
    shape: sampleShape(network),
    rng: createRng(seed).split('sampling'),
    numSteps: Math.min(transition.numSteps, MOST_STEPS),
  });
  for await (const { t, states } of sampler) yield { t, states: states.values.slice(), shape: states.shape };
}
