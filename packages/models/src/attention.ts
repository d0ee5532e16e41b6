import { add, matMul, mul, reshape, softmax, split, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { linear } from './linear.ts';

export interface AttentionWeights {
  /** Queries, keys and values side by side, float32 `[C, 3C]`. */
  readonly input: Tensor;
  /** float32 `[C, C]` */
  readonly output: Tensor;
  /** Added to the scores, float32 `[1, heads, L, L]`. */
  readonly bias: Tensor;
}

/**
 * Bidirectional multi-head attention, no position hidden from any other:
 * `softmax(q kᵀ / √d + bias) v` for each head, d = C / heads.
 *
 * @param x float32 `[B, L, C]`.
 * @returns float32 `[B, L, C]`; the caller disposes it.
 */
export function attention(x: Tensor, { input, output, bias }: AttentionWeights): Tensor {
  const [batchSize, length, numChannels] = x.shape as [number, number, number];
  const numHeads = bias.shape[1]!;
  const perHead = numChannels / numHeads;
  const [query, key, value] = split(linear(x, input), 3, 2).map((part) =>
    transpose(reshape(part, [batchSize, length, numHeads, perHead]), [0, 2, 1, 3]),
  ) as [Tensor, Tensor, Tensor];
  const scores = add(mul(matMul(query, key, false, true), 1 / Math.sqrt(perHead)), bias);
  const read = transpose(matMul(softmax(scores), value), [0, 2, 1, 3]);
  return linear(reshape(read, [batchSize, length, numChannels]), output);
}
