import type { Parameters } from '@d3pm/core';
import { add, type Tensor } from '@tensorflow/tfjs-core';
import type { AttentionWeights } from './attention.ts';
import type { Drop } from './drop-with.ts';
import { fanInValues, unitValues, zeroValues, type Initializer } from './initializers.ts';
import { linear, linearRelu } from './linear.ts';
import type { ParameterSpecs } from './parameter-specs.ts';
import { rmsNorm } from './rms-norm.ts';

export interface BlockSizes {
  readonly numChannels: number;
  readonly numHidden: number;
  readonly numHeads: number;
  readonly maxDistance: number;
  /** Residual branches in the whole network. */
  readonly branches: number;
  /** First values of the table of distances. */
  readonly relativeBias: Initializer;
}

export function blockSpecs(
  block: string,
  { numChannels, numHidden, numHeads, maxDistance, branches, relativeBias }: BlockSizes,
): ParameterSpecs {
  return {
    [`${block}.attention.norm.scale`]: { shape: [numChannels], initial: unitValues },
    [`${block}.attention.input.weight`]: { shape: [numChannels, 3 * numChannels], initial: fanInValues(numChannels) },
    [`${block}.attention.relativeBias`]: { shape: [numHeads, 2 * maxDistance + 1], initial: relativeBias },
    [`${block}.attention.output.weight`]: { shape: [numChannels, numChannels], initial: fanInValues(numChannels, 1 / Math.sqrt(branches)) },
    [`${block}.feedForward.norm.scale`]: { shape: [numChannels], initial: unitValues },
    [`${block}.feedForward.hidden.weight`]: { shape: [numChannels, numHidden], initial: fanInValues(numChannels, Math.SQRT2) },
    [`${block}.feedForward.hidden.bias`]: { shape: [numHidden], initial: zeroValues },
    [`${block}.feedForward.output.weight`]: { shape: [numHidden, numChannels], initial: fanInValues(numHidden, 1 / Math.sqrt(branches)) },
  };
}

/** Reads the positions for one block, float32 `[B, L, C]` to the same shape; `weights` are its matrices. */
export type ReadPositions = (x: Tensor, weights: Pick<AttentionWeights, 'input' | 'output'>, block: string) => Tensor;

/** The blocks and the head of a network: float32 `[B, L, C]` to logits `[B, L, K]`. How positions are read is the caller's. */
export type TransformerPass = (parameters: Parameters, embedded: Tensor, read: ReadPositions) => Tensor;

export interface TransformerPassOptions {
  /** Names of the blocks, first to last. */
  readonly blocks: readonly string[];
  /** First half of the feed-forward layer: its weights are at `name`. @defaultValue relu(W x + b) */
  readonly widen?: (parameters: Parameters, name: string, x: Tensor) => Tensor;
  /** What is left in training of each branch, of the wide layer and of what the head reads; `name` is another at each place. @defaultValue all */
  readonly drop?: Drop;
}

/**
 * Blocks, pre-norm: `h ← h + read(rmsNorm(h))`, then `h ← h + W₂ widen(rmsNorm(h))`; and the head `W rmsNorm(h) + b`, whose bias not
 * every network has. What it returns the caller disposes, and what was computed on the way.
 */
export function transformerPass({ blocks, widen = widenByRelu, drop = (x) => x }: TransformerPassOptions): TransformerPass {
  return (parameters, embedded, read) => {
    const normed = (name: string, x: Tensor): Tensor => rmsNorm(x, parameters[`${name}.scale`]!);
    let hidden = embedded;
    for (const block of blocks) {
      const [attention, feedForward] = [`${block}.attention`, `${block}.feedForward`];
      const weights = { input: parameters[`${attention}.input.weight`]!, output: parameters[`${attention}.output.weight`]! };
      hidden = add(hidden, drop(read(normed(`${attention}.norm`, hidden), weights, block), attention));
      const wide = drop(widen(parameters, `${feedForward}.hidden`, normed(`${feedForward}.norm`, hidden)), `${feedForward}.hidden`);
      hidden = add(hidden, drop(linear(wide, parameters[`${feedForward}.output.weight`]!), feedForward));
    }
    return linear(drop(normed('norm', hidden), 'output'), parameters['output.weight']!, parameters['output.bias']);
  };
}

function widenByRelu(parameters: Parameters, name: string, x: Tensor): Tensor {
  return linearRelu(x, parameters[`${name}.weight`]!, parameters[`${name}.bias`]!);
}
