import { div, minimum, mul, sqrt, square, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** ‖x‖₂ over all entries, float32 scalar; the caller disposes it. */
export function euclideanNorm(x: Tensor): Tensor {
  return tidy(() => sqrt(sum(square(x))));
}

/**
 * `gradient · min(1, clipNorm / norm)`: the direction stays, the length is at most `clipNorm`. A gradient of 0 stays 0.
 *
 * @param norm ‖gradient‖₂, a scalar tensor, so that nothing is read back.
 * @returns float32 of the same shape; the caller disposes it.
 */
export function clipByNorm(gradient: Tensor, norm: Tensor, clipNorm: number): Tensor {
  return tidy(() => mul(gradient, minimum(div(clipNorm, norm), 1)));
}
