import { runFused, withGradient, type Parameters } from '@d3pm/core';
import { add, matMul, mul, reshape, softmax, split, sub, sum, transpose, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { linear } from '../linear.ts';
import { groupNorm } from './group-norm.ts';

export interface AttentionBlockOptions {
  readonly parameters: Parameters;
  /** Begins the names of its parameters. */
  readonly name: string;
  readonly numGroups: number;
  /** Divides C. */
  readonly numHeads: number;
}

/**
 * Every pixel reads all others: `y = x + W softmax(q kᵀ / √d) v + b`, with q, k and v linear in norm(x), and d = C / heads.
 *
 * @param x float32 `[B, H, W, C]`.
 * @returns float32 `[B, H, W, C]`; the caller disposes it, and what was computed on the way.
 */
export function attentionBlock(x: Tensor, { parameters, name, numGroups, numHeads }: AttentionBlockOptions): Tensor {
  const [batchSize, height, width, numChannels] = x.shape as [number, number, number, number];
  const [length, size] = [height * width, numChannels / numHeads];
  const at = (parameter: string): Tensor => parameters[`${name}.${parameter}`]!;
  const normal = groupNorm(x, { scale: at('norm.scale'), bias: at('norm.bias'), numGroups });
  const projected = linear(reshape(normal, [batchSize, length, numChannels]), at('input.weight'), at('input.bias'));
  const heads = (part: Tensor): Tensor =>
    numHeads === 1 ? part : transpose(reshape(part, [batchSize, length, numHeads, size]), [0, 2, 1, 3]);
  const [query, key, value] = split(projected, 3, 2).map(heads) as [Tensor, Tensor, Tensor];
  const weights = softmaxRows(matMul(mul(query, 1 / Math.sqrt(size)), key, false, true));
  const read = matMul(weights, value);
  const joined = numHeads === 1 ? read : transpose(read, [0, 2, 1, 3]);
  return add(x, linear(reshape(joined, x.shape), at('output.weight'), at('output.bias')));
}

/** softmax over the last axis, with its gradient P ∘ (dP − Σ P ∘ dP) in one. */
function softmaxRows(scores: Tensor): Tensor {
  return withGradient(
    [scores],
    (input) => {
      const bias = zeros([input!.shape.at(-1)!]);
      const value = runFused('D3pmAttentionWeights', { scores: input!, bias })?.[0] ?? softmax(input!);
      return { value, saved: [value] };
    },
    (dy, weights) => {
      const fused = runFused('D3pmAttentionWeightsGrad', { weights: weights!, upstream: dy });
      return fused ?? [mul(weights!, sub(dy, sum(mul(weights!, dy), -1, true)))];
    },
  );
}
