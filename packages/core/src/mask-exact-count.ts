import type { Rng } from './rng.ts';
import { positionsOf, type States } from './states.ts';

export interface MaskExactCountOptions {
  /** How many positions of each example, `[B]`, each in 0…L. */
  readonly counts: ArrayLike<number>;
  readonly maskState: number;
  /** Example b draws from `rng.split(firstExample + b)`. */
  readonly rng: Rng;
  /** @defaultValue 0 */
  readonly firstExample?: number;
}

/** Masks exactly `counts[b]` positions of example b, a uniformly random set of them. */
export function maskExactCount(states: States, { counts, maskState, rng, firstExample = 0 }: MaskExactCountOptions): States {
  const positions = positionsOf(states);
  const values = states.values.slice();
  for (let b = 0; b < states.shape[0]!; b++) {
    const order = rng.split(firstExample + b).permutation(positions);
    for (let i = 0; i < counts[b]!; i++) values[b * positions + order[i]!] = maskState;
  }
  return { values, shape: states.shape };
}
