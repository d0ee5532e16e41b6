import type { Parameters } from '@d3pm/core';
import { add, type Tensor } from '@tensorflow/tfjs-core';
import type { Drop } from '../drop-with.ts';
import { linear } from '../linear.ts';
import { attentionBlock } from './attention-block.ts';
import { groupNorm } from './group-norm.ts';
import { hiddenConvolution } from './hidden-convolution.ts';
import type { UNetBlock } from './u-net-layout.ts';

export interface ResidualBlockOptions {
  readonly parameters: Parameters;
  /** What the block is told of the step, float32 `[B, 4C]`. */
  readonly time: Tensor;
  readonly numGroups: number;
  readonly numHeads: number;
  /** @defaultValue none */
  readonly drop?: Drop;
}

/**
 * `h = conv₁(swish(norm(x)));   y = conv₂(dropout(swish(norm(h + W time + b)))) + x`, with a 1×1 convolution of x where the channels
 * change, and self-attention behind it where the block has one.
 *
 * @param x float32 `[B, H, W, C]`.
 * @returns float32 `[B, H, W, D]`; the caller disposes it, and what was computed on the way.
 */
export function residualBlock(
  x: Tensor,
  { name, inChannels, outChannels, attention }: UNetBlock,
  { parameters, time, numGroups, numHeads, drop = (hidden) => hidden }: ResidualBlockOptions,
): Tensor {
  const at = (parameter: string): Tensor => parameters[`${name}.${parameter}`]!;
  const activation = 'swish';
  const first = groupNorm(x, { scale: at('norm1.scale'), bias: at('norm1.bias'), numGroups, activation });
  // The bias of the convolution joins the shift: both are the same at every pixel.
  const shift = add(linear(time, at('time.weight'), at('time.bias')), at('conv1.bias'));
  const hidden = hiddenConvolution(first, at('conv1.weight'));
  const second = groupNorm(hidden, { scale: at('norm2.scale'), bias: at('norm2.bias'), numGroups, shift, activation });
  const branch = hiddenConvolution(drop(second, name), at('conv2.weight'));
  const biased =
    inChannels === outChannels ? add(x, at('conv2.bias')) : linear(x, at('shortcut.weight'), add(at('shortcut.bias'), at('conv2.bias')));
  const sum = add(branch, biased);
  return attention === undefined ? sum : attentionBlock(sum, { parameters, name: attention, numGroups, numHeads });
}
