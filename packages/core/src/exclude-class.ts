import { add, tensor1d, type Tensor } from '@tensorflow/tfjs-core';

/** Log-probabilities or logits, float32 `[…, K]`, with one class impossible. The caller disposes the result, and what was computed on the way. */
export function excludeClass(logits: Tensor, state: number): Tensor {
  const allowed = new Float32Array(logits.shape.at(-1)!);
  allowed[state] = -Infinity;
  return add(logits, tensor1d(allowed));
}
