import { positionsOf, type States } from '@d3pm/core';
import type { AllowedStates } from './allowed-states.ts';
import { samplePrior } from './sample-prior.ts';
import type { SamplerOptions } from './sampler-options.ts';

/** x_T: what is given, or a draw from the prior; under absorbing noise with every fixed position in its state. */
export async function startStates(
  { transition, shape, rng, initial, firstExample = 0 }: SamplerOptions,
  allowed: AllowedStates | undefined,
): Promise<States> {
  const start = initial ?? (await samplePrior(transition, { shape, rng: rng.split('prior'), firstExample }));
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
