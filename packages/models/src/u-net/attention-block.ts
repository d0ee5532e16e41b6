import type { Parameters } from '@d3pm/core';
import { add, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { attend } from '../attention.ts';
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
  const length = height * width;
  const at = (parameter: string): Tensor => parameters[`${name}.${parameter}`]!;
  const normal = groupNorm(x, { scale: at('norm.scale'), bias: at('norm.bias'), numGroups });
  const projected = linear(reshape(normal, [batchSize, length, numChannels]), at('input.weight'), at('input.bias'));
  return add(x, linear(reshape(attend(projected, { numHeads }), x.shape), at('output.weight'), at('output.bias')));
}
