import type { Parameters } from '@d3pm/core';
import { add, type Tensor } from '@tensorflow/tfjs-core';
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

/** Parameters of the attention of one block. */
export interface BlockAttention {
  /** float32 `[C, 3C]` */
  readonly input: Tensor;
  /** float32 `[C, C]` */
  readonly output: Tensor;
  /** A row for each head, an entry for each signed distance: float32 `[heads, 2R + 1]`. */
  readonly distances: Tensor;
}

/**
 * One block, pre-norm: `h ← h + attend(rmsNorm(h))`, then `h ← h + W₂ relu(W₁ rmsNorm(h) + b)`.
 *
 * @param hidden float32 `[B, L, C]`.
 * @param attend Reads the positions, float32 `[B, L, C]` to the same shape.
 * @returns float32 `[B, L, C]`; the caller disposes it, and what was computed on the way.
 */
export function transformerBlock(
  parameters: Parameters,
  block: string,
  hidden: Tensor,
  attend: (x: Tensor, weights: BlockAttention) => Tensor,
): Tensor {
  const name = `${block}.attention`;
  const read = attend(rmsNorm(hidden, parameters[`${name}.norm.scale`]!), {
    input: parameters[`${name}.input.weight`]!,
    output: parameters[`${name}.output.weight`]!,
    distances: parameters[`${name}.relativeBias`]!,
  });
  const after = add(hidden, read);
  return add(after, feedForward(parameters, `${block}.feedForward`, after));
}

function feedForward(parameters: Parameters, name: string, hidden: Tensor): Tensor {
  const wide = linearRelu(
    rmsNorm(hidden, parameters[`${name}.norm.scale`]!),
    parameters[`${name}.hidden.weight`]!,
    parameters[`${name}.hidden.bias`]!,
  );
  return linear(wide, parameters[`${name}.output.weight`]!);
}

/** Logits of the last block's output: `W rmsNorm(h) + bias`, float32 `[B, L, K]`; the caller disposes it. */
export function outputLogits(parameters: Parameters, hidden: Tensor): Tensor {
  return linear(rmsNorm(hidden, parameters['norm.scale']!), parameters['output.weight']!, parameters['output.bias']!);
}
