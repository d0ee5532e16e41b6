import { FINITE_MIN, type Transition } from '@d3pm/core';
import { greater, tidy } from '@tensorflow/tfjs-core';
import type { AllowedStates } from './allowed-states.ts';
import { fullSupport } from './full-support.ts';

/**
 * The states that x_T may have when x_0 is an allowed one: where Σ_{k allowed} Q̄_T[k, ·] is not 0.
 *
 * @param exampleShape `[…N]`
 * @returns not 0 where a state is reached, `[N, K]` or `[B, N, K]` as the constraint has it; undefined where every state comes from every x_0.
 */
export async function reachedStates(
  transition: Transition,
  allowed: AllowedStates,
  exampleShape: readonly number[],
): Promise<Uint8Array | undefined> {
  if (await fullSupport(transition)(transition.numSteps)) return undefined;
  const reached = tidy(() => {
    const law = transition.push(allowed.penalties(exampleShape), 0, transition.numSteps);
    // No log-probability of what is possible is near the lowest float32.
    return greater(law, FINITE_MIN / 2);
  });
  try {
    return (await reached.data<'bool'>()).slice();
  } finally {
    reached.dispose();
  }
}
