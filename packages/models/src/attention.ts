import { runFused, withGradient } from '@d3pm/core';
import { add, concat, matMul, mul, reshape, slice, softmax, sub, sum, transpose, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { linear } from './linear.ts';

export interface AttentionWeights {
  /** Queries, keys and values side by side, float32 `[C, 3C]`. */
  readonly input: Tensor;
  /** float32 `[C, C]` */
  readonly output: Tensor;
  /** Added to the scores, float32 `[1, heads, L, L]`. */
  readonly bias: Tensor;
  /** @defaultValue 1 / √d */
  readonly scale?: number;
}

/** What every position asks and offers, float32 `[B, heads, L, C / heads]` each. */
export interface AttentionHeads {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}

/**
 * Multi-head attention, where the bias alone says what is hidden from what:
 * `softmax(scale · q kᵀ + bias) v` for each head, d = C / heads.
 *
 * @param x float32 `[B, L, C]`.
 * @returns float32 `[B, L, C]`; the caller disposes it.
 */
export function attention(x: Tensor, { input, output, ...reading }: AttentionWeights): Tensor {
  return linear(attend(linear(x, input), { numHeads: reading.bias.shape[1]!, ...reading }), output);
}

/** @param x float32 `[B, L, C]`. @returns tensors that the caller disposes. */
export function projectHeads(x: Tensor, input: Tensor, numHeads: number): AttentionHeads {
  return splitHeads(linear(x, input), numHeads);
}

export interface AttendOptions {
  readonly numHeads: number;
  /** Added to the scores, float32 `[1, heads, L, L]`. Absent: nothing. */
  readonly bias?: Tensor;
  /** What q kᵀ is multiplied by. @defaultValue 1 / √d */
  readonly scale?: number;
}

/**
 * The attention itself, with the gradient of its five steps in one. With P the weights and O = P V, the gradient of the scores is
 * `P (dO Vᵀ − δ)`, where the δ of a row is Σ P ∘ dO Vᵀ, and so Σ dO ∘ O: d numbers a row in place of L.
 *
 * @param projected float32 `[B, L, 3C]`. @returns float32 `[B, L, C]`; the caller disposes it.
 */
export function attend(
  projected: Tensor,
  { numHeads, bias, scale = scoreScale(projected.shape[2]! / 3 / numHeads) }: AttendOptions,
): Tensor {
  return withGradient(
    bias ? [projected, bias] : [projected],
    (input, offset) => {
      const { query, key, value } = splitHeads(input!, numHeads);
      const scaled = scaledBy(query, scale);
      const weights = weightsOf(matMul(scaled, key, false, true), offset);
      const read = matMul(weights, value);
      return { value: joinHeads(read), saved: [scaled, key, value, weights, read] };
    },
    (dy, scaled, key, value, weights, read) => {
      const upstream = splitHead(dy, numHeads);
      const dScores = scoresGradient(weights!, { dWeights: matMul(upstream, value!, false, true), upstream, read: read! });
      const dQuery = scaledBy(matMul(dScores, key!), scale);
      const dKey = matMul(dScores, scaled!, true, false);
      const dValue = matMul(weights!, upstream, true, false);
      const dProjected = joinThree(dQuery, dKey, dValue);
      return bias ? [dProjected, sum(dScores, 0, true)] : [dProjected];
    },
  );
}

/** 1 / √d, which keeps the scores of independent normals at variance 1. */
export function scoreScale(perHead: number): number {
  return 1 / Math.sqrt(perHead);
}

/** `x · scale`; x itself where that is 1. */
export function scaledBy(x: Tensor, scale: number): Tensor {
  return scale === 1 ? x : mul(x, scale);
}

function weightsOf(scores: Tensor, bias: Tensor | undefined): Tensor {
  const fused = runFused('D3pmAttentionWeights', { scores, bias: bias ?? zeros([scores.shape.at(-1)!]) });
  return fused?.[0] ?? softmax(bias ? add(scores, bias) : scores);
}

interface ScoresUpstream {
  readonly dWeights: Tensor;
  readonly upstream: Tensor;
  readonly read: Tensor;
}

function scoresGradient(weights: Tensor, { dWeights, upstream, read }: ScoresUpstream): Tensor {
  const fused = runFused('D3pmAttentionWeightsGrad', { weights, upstream: dWeights });
  return fused?.[0] ?? mul(weights, sub(dWeights, sum(mul(upstream, read), -1, true)));
}

/** `[B, L, 3C]` as three of `[B, heads, L, C / heads]`. */
function splitHeads(projected: Tensor, numHeads: number): AttentionHeads {
  const [batchSize, length, channels] = projected.shape as [number, number, number];
  const perHead = channels / 3 / numHeads;
  const apart = transpose(reshape(projected, [batchSize, length, 3, numHeads, perHead]), [2, 0, 3, 1, 4]);
  const at = (i: number): Tensor =>
    reshape(slice(apart, [i, 0, 0, 0, 0], [1, batchSize, numHeads, length, perHead]), [batchSize, numHeads, length, perHead]);
  return { query: at(0), key: at(1), value: at(2) };
}

/** `[B, L, C]` as `[B, heads, L, C / heads]`. */
function splitHead(x: Tensor, numHeads: number): Tensor {
  const [batchSize, length, channels] = x.shape as [number, number, number];
  return transpose(reshape(x, [batchSize, length, numHeads, channels / numHeads]), [0, 2, 1, 3]);
}

/** `[B, heads, L, C / heads]` as `[B, L, C]`. */
function joinHeads(x: Tensor): Tensor {
  const [batchSize, numHeads, length, perHead] = x.shape as [number, number, number, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [batchSize, length, numHeads * perHead]);
}

/** The way back from {@link splitHeads}. */
function joinThree(query: Tensor, key: Tensor, value: Tensor): Tensor {
  const [batchSize, numHeads, length, perHead] = query.shape as [number, number, number, number];
  const together = reshape(concat([query, key, value], 0), [3, batchSize, numHeads, length, perHead]);
  return reshape(transpose(together, [1, 3, 0, 2, 4]), [batchSize, length, 3 * numHeads * perHead]);
}
