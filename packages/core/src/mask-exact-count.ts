import type { Rng } from './rng.ts';
import { positionsOf, type States } from './states.ts';

/**
 * Masks exactly `counts[b]` positions of example b, a uniformly random set of them.
 *
 * @param counts `[B]`, each in 0…L.
 * @param firstExample Example b draws from `rng.split(firstExample + b)`.
 */
export function maskExactCount(
  states: States,
  { counts, maskState, rng, firstExample = 0 }: { readonly counts: ArrayLike<number>; readonly maskState: number; readonly rng: Rng; readonly firstExample?: number },
): States {
  const positions = positionsOf(states);
  const values = states.values.slice();
  for (let b = 0; b < states.shape[0]!; b++) {
    const order = rng.split(firstExample + b).permutation(positions);
    for (let i = 0; i < counts[b]!; i++) values[b * positions + order[i]!] = maskState;
  }
  return { values, shape: states.shape };
}
