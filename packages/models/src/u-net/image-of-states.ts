import { add, cast, concat, equal, greater, mul, sub, type Tensor } from '@tensorflow/tfjs-core';

export interface ImageOfStatesOptions {
  /** K, the mask included. */
  readonly numStates: number;
  /** A state that is no level. @defaultValue none */
  readonly extraMask?: number | undefined;
}

/**
 * What a U-Net reads of x_t. Without an extra mask the levels, `2 x_t / (K − 1) − 1`. With one the K − 1 levels of the data, scaled alike,
 * with 0 at the mask, and as many channels more that are 1 there: as a number a mask would be one more level, next to white.
 *
 * @param states int32 `[B, H, W, C]`.
 * @returns float32 `[B, H, W, C]`, or `[B, H, W, 2C]` with an extra mask; the caller disposes it, and what was computed on the way.
 */
export function imageOfStates(states: Tensor, { numStates, extraMask }: ImageOfStatesOptions): Tensor {
  if (extraMask === undefined) return scaled(cast(states, 'float32'), numStates);
  const masked = cast(equal(states, extraMask), 'float32');
  const levels = sub(cast(states, 'float32'), cast(greater(states, extraMask), 'float32'));
  return concat([mul(scaled(levels, numStates - 1), sub(1, masked)), masked], 3);
}

/** Levels 0…n − 1 as −1…1. */
function scaled(levels: Tensor, numLevels: number): Tensor {
  return add(mul(levels, 2 / Math.max(numLevels - 1, 1)), -1);
}
