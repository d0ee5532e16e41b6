import { add, concat, matMul, reshape, softmax, type Tensor } from '@tensorflow/tfjs-core';
import { projectHeads, scaledBy, scoreScale, type AttentionWeights } from './attention.ts';
import { linear } from './linear.ts';

/**
 * Keys and values of one block at the positions so far. As the left sides of products with one column they are read as they lie; as
 * right sides they would be laid out anew at every position, which costs more than all else.
 */
export type AttentionCache = {
  /** float32 `[B, heads, i, C / heads]` */
  readonly keys: Tensor;
  /** float32 `[B, heads, C / heads, i]` */
  readonly values: Tensor;
};

export interface NextAttention {
  /** float32 `[B, 1, C]` */
  readonly output: Tensor;
  /** With the position that was read; new tensors. */
  readonly cache: AttentionCache;
}

/**
 * The last row of causal {@link attention}, of a position that comes after those in `cache`.
 *
 * @param x That position, float32 `[B, 1, C]`.
 * @param weights The bias is the last row of that of the attention: float32 `[1, heads, 1, i + 1]` at position i.
 * @param cache Absent at position 0.
 * @returns tensors that the caller disposes, as it does what was computed on the way.
 */
export function attendNext(x: Tensor, weights: AttentionWeights, cache: AttentionCache | undefined): NextAttention {
  const { input, output, bias } = weights;
  const numHeads = bias.shape[1]!;
  const { query, key, value } = projectHeads(x, input, numHeads);
  const [batchSize, , , perHead] = query.shape as [number, number, number, number];
  const { scale = scoreScale(perHead) } = weights;
  const asColumn = (row: Tensor): Tensor => reshape(row, [batchSize, numHeads, perHead, 1]);
  const keys = cache ? concat([cache.keys, key], 2) : key;
  const values = cache ? concat([cache.values, asColumn(value)], 3) : asColumn(value);
  const length = keys.shape[2]!;
  const scores = reshape(matMul(keys, asColumn(query)), [batchSize, numHeads, length]);
  const shares = softmax(add(scaledBy(scores, scale), reshape(bias, [1, numHeads, length])));
  const read = matMul(values, reshape(shares, [batchSize, numHeads, length, 1]));
  return { output: linear(reshape(read, x.shape), output), cache: { keys, values } };
}
