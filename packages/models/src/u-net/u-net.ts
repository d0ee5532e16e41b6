import type { Parameters } from '@d3pm/core';
import { add, concat, mul, sigmoid, type Tensor } from '@tensorflow/tfjs-core';
import type { Drop } from '../drop-with.ts';
import { linear } from '../linear.ts';
import { convolution } from './convolution.ts';
import { groupNorm } from './group-norm.ts';
import { hiddenConvolution } from './hidden-convolution.ts';
import { residualBlock } from './residual-block.ts';
import type { UNetLayout } from './u-net-layout.ts';
import { upsample } from './upsample.ts';

export interface UNetOptions {
  readonly parameters: Parameters;
  readonly layout: UNetLayout;
  /** Sines and cosines of the step, float32 `[B, C]`. */
  readonly timeFeatures: Tensor;
  readonly numGroups: number;
  readonly numHeads: number;
  /** @defaultValue none */
  readonly drop?: Drop;
}

/**
 * The U-Net of Ho et al. (2020) up to its last convolution: residual blocks from the full image to the smallest and back, where
 * each block on the way up also reads what one on the way down gave.
 *
 * @param image float32 `[B, H, W, channels]`.
 * @returns float32 `[B, H, W, C]`, normalised and through a swish; the caller disposes it, and what was computed on the way.
 */
export function uNet(image: Tensor, { parameters, layout, timeFeatures, numGroups, ...rest }: UNetOptions): Tensor {
  const dense = (x: Tensor, name: string): Tensor => linear(x, parameters[`${name}.weight`]!, parameters[`${name}.bias`]!);
  const convolved = (x: Tensor, name: string, stride: 1 | 2): Tensor =>
    convolution(x, parameters[`${name}.weight`]!, parameters[`${name}.bias`]!, stride);
  const enlarged = (x: Tensor, name: string): Tensor =>
    add(hiddenConvolution(upsample(x), parameters[`${name}.weight`]!), parameters[`${name}.bias`]!);
  const time = swish(dense(swish(dense(timeFeatures, 'time.hidden')), 'time.output'));
  const options = { parameters, time, numGroups, ...rest };

  let hidden = convolved(image, 'input', 1);
  const skips = [hidden];
  for (const { blocks, resample } of layout.down) {
    for (const block of blocks) skips.push((hidden = residualBlock(hidden, block, options)));
    if (resample) skips.push((hidden = convolved(hidden, resample.name, 2)));
  }
  for (const block of layout.middle) hidden = residualBlock(hidden, block, options);
  for (const { blocks, resample } of layout.up) {
    for (const block of blocks) hidden = residualBlock(concat([hidden, skips.pop()!], 3), block, options);
    if (resample) hidden = enlarged(hidden, resample.name);
  }
  return groupNorm(hidden, { scale: parameters['norm.scale']!, bias: parameters['norm.bias']!, numGroups, activation: 'swish' });
}

function swish(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}
