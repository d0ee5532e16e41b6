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

/** What every position asks and offers, float32 `[B, heads, L, C / heads]` each. */
export interface AttentionHeads {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}

/**
 * Multi-head attention, where the bias alone says what is hidden from what:
 * `softmax(q kᵀ / √d + bias) v` for each head, d = C / heads.
 *
 * @param x float32 `[B, L, C]`.
 * @returns float32 `[B, L, C]`; the caller disposes it.
 */
export function attention(x: Tensor, { input, output, bias }: AttentionWeights): Tensor {
  const { query, key, value } = projectHeads(x, input, bias.shape[1]!);
  const scores = add(mul(matMul(query, key, false, true), 1 / Math.sqrt(query.shape[3]!)), bias);
  const read = transpose(matMul(softmax(scores), value), [0, 2, 1, 3]);
  return linear(reshape(read, x.shape), output);
}

/** @param x float32 `[B, L, C]`. @returns tensors that the caller disposes. */
export function projectHeads(x: Tensor, input: Tensor, numHeads: number): AttentionHeads {
  const [batchSize, length, numChannels] = x.shape as [number, number, number];
  const [query, key, value] = split(linear(x, input), 3, 2).map((part) =>
    transpose(reshape(part, [batchSize, length, numHeads, numChannels / numHeads]), [0, 2, 1, 3]),
  ) as [Tensor, Tensor, Tensor];
  return { query, key, value };
}
