import { tensor, type Tensor } from '@tensorflow/tfjs-core';

/** Next to it every score is nothing, so that `exp` is exactly 0; finite, for a softmax may meet ∞ − ∞. */
const HIDDEN = -1e30;

/** Added to scores it hides all positions after the one that reads: 0 for j ≤ i, else −10³⁰. float32 `[1, 1, L, L]`; the caller disposes it. */
export function causalMask(length: number): Tensor {
  const values = new Float32Array(length * length);
  for (let i = 0; i < length; i++) values.fill(HIDDEN, i * length + i + 1, (i + 1) * length);
  return tensor(values, [1, 1, length, length]);
}
