import { absorbingStepWeight, positionsOf, type States } from '@d3pm/core';
import { drawLifted, type Lift } from './draw-lifted.ts';
import type { DrawStepInput } from './draw-step.ts';

/**
 * A step of an absorbing process with an extra mask, in two stages: a masked position is unmasked
 * with probability r(s,t) = (ᾱ_s − ᾱ_t)/(1 − ᾱ_t), and then drawn from f; every other position stays.
 *
 * When a mask lifts does not depend on f, so it is decided first, in float64: a probability of 10⁻⁵
 * is one in 10⁵, and only rows in which a mask lifts reach the network.
 */
export async function drawUnmasked(input: DrawStepInput): Promise<States> {
  const { caller, transition, network, states, s, t, decision, rng, firstExample } = input;
  const mask = transition.absorbing!.maskState;
  const positions = positionsOf(states);
  const rate = absorbingStepWeight(transition, s, t);
  const lifted: Lift[] = [];
  const streams = Array.from({ length: states.shape[0]! }, (_, b) => rng.split(firstExample + b));
  for (const [b, stream] of streams.entries()) {
    for (let n = 0; n < positions; n++) {
      if (states.values[b * positions + n] === mask && stream.float64(2 * n) < rate) lifted.push({ example: b, position: n });
    }
  }
  if (lifted.length === 0) return states;
  const values = await drawLifted({
    caller,
    network,
    states,
    lifted,
    t,
    mask,
    decisionOf: () => decision,
    uniformOf: ({ example, position }) => streams[example]!.float64(2 * position + 1),
    firstExample,
  });
  return { values, shape: states.shape };
}
