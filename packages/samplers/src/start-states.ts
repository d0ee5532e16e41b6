import { positionsOf, type States } from '@d3pm/core';
import type { AllowedStates } from './allowed-states.ts';
import { reachedStates } from './reached-states.ts';
import { drawPrior } from './sample-prior.ts';
import type { SamplerOptions } from './sampler-options.ts';

/**
 * x_T: what is given, or a draw from the prior, of states that an allowed x_0 leads to; under absorbing noise with every fixed position in its
 * state.
 */
export async function startStates(
  { transition, shape, rng, initial, firstExample = 0 }: SamplerOptions,
  allowed: AllowedStates | undefined,
): Promise<States> {
  const reached = allowed && !initial && !transition.absorbing ? await reachedStates(transition, allowed, shape.slice(1)) : undefined;
  const start = initial ?? (await drawPrior(transition, { shape, rng: rng.split('prior'), firstExample }, reached));
  if (!allowed || !transition.absorbing) return start;
  const positions = positionsOf(start);
  return {
    values: start.values.map((state, i) => {
      const fixed = allowed.fixed(Math.floor(i / positions), i % positions);
      return fixed < 0 ? state : fixed;
    }),
    shape: start.shape,
  };
}
