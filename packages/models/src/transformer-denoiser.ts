import {
  D3pmError,
  type ModelPlugin,
  type ModelSetting,
  type Parameters,
  type Prediction,
  type Steps,
  type TrainableDenoiser,
} from '@d3pm/core';
import { add, expandDims, relu, type Tensor } from '@tensorflow/tfjs-core';
import { attention } from './attention.ts';
import { defineDenoiser } from './define-denoiser.ts';
import { embedStates } from './embed-states.ts';
import { fanInValues, normalValues, unitValues, zeroValues } from './initializers.ts';
import { linear } from './linear.ts';
import { outputBiasValues } from './output-bias.ts';
import type { ParameterSpecs } from './parameter-specs.ts';
import { evenInteger, flag, integerFrom, numberList, parseOptions, predictionName } from './parse-options.ts';
import { neighbourBias, relativeBias } from './relative-bias.ts';
import { rmsNorm } from './rms-norm.ts';
import { timeFeatures } from './time-features.ts';

export interface TransformerDenoiserOptions<P extends Prediction = Prediction> {
  /** A multiple of `numHeads`. @defaultValue 128 */
  readonly numChannels?: number;
  /** @defaultValue 4 */
  readonly numBlocks?: number;
  /** @defaultValue 4 */
  readonly numHeads?: number;
  /** Width of the feed-forward layer. @defaultValue 4 · numChannels */
  readonly numHidden?: number;
  /** Distances beyond this, to either side, are one. @defaultValue 64 */
  readonly maxDistance?: number;
  /** @defaultValue false */
  readonly timeConditioned?: boolean;
  /** Sines and cosines of the step; even. @defaultValue 64 */
  readonly numTimeFeatures?: number;
  /** Logits `[K]` that every position starts from. @defaultValue zeros */
  readonly outputBias?: ArrayLike<number>;
  /** What the logits are trained to mean. @defaultValue 'denoiser' */
  readonly prediction?: P;
}

const parse = (options: unknown): TransformerDenoiserOptions =>
  parseOptions<TransformerDenoiserOptions>('createTransformerDenoiser', options, {
    numChannels: integerFrom(1),
    numBlocks: integerFrom(1),
    numHeads: integerFrom(1),
    numHidden: integerFrom(1),
    maxDistance: integerFrom(1),
    timeConditioned: flag,
    numTimeFeatures: evenInteger,
    outputBias: numberList,
    prediction: predictionName,
  });

/**
 * A bidirectional transformer over sequences of any length: pre-norm (RMSNorm), a learned bias for each signed distance in place of
 * absolute positions, and optionally the time, added to every position:
 *
 *     h = embedding(x_t) [+ W₂ relu(W₁ timeFeatures(t) + b)];   h ← h + attention(rmsNorm(h));   h ← h + feedForward(rmsNorm(h))
 *
 * Starts at the logits of `outputBias`, exactly. The caller disposes the model.
 *
 * @param setting `exampleShape` is `[L]`; L is not fixed by it.
 * @throws {D3pmError} `INVALID_OPTIONS`, or `SHAPE` when an example is not a sequence.
 */
export function createTransformerDenoiser<P extends Prediction = 'denoiser'>(
  { numStates, numSteps, exampleShape, rng }: ModelSetting,
  options: TransformerDenoiserOptions<P> = {},
): TrainableDenoiser<P> {
  const {
    numChannels = 128,
    numBlocks = 4,
    numHeads = 4,
    maxDistance = 64,
    timeConditioned = false,
    numTimeFeatures = 64,
    outputBias,
    ...rest
  } = parse(options) as TransformerDenoiserOptions<P>;
  const { numHidden = 4 * numChannels, prediction = 'denoiser' as P } = rest;
  if (exampleShape.length !== 1) {
    throw new D3pmError(
      'SHAPE',
      `createTransformerDenoiser: exampleShape is [${exampleShape.join(', ')}], expected [length]; flatten the positions of an example into one axis`,
    );
  }
  if (numChannels % numHeads !== 0) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `createTransformerDenoiser: numChannels is ${numChannels}, expected a multiple of numHeads, which is ${numHeads}`,
    );
  }
  const blocks = Array.from({ length: numBlocks }, (_, i) => `blocks.${i}`);
  const sizes = { numChannels, numHidden, numHeads, maxDistance, branches: 2 * numBlocks };
  const specs: ParameterSpecs = {
    'embedding.weight': { shape: [numStates, numChannels], initial: normalValues(1) },
    ...(timeConditioned ? timeSpecs(numTimeFeatures, numChannels) : {}),
    ...(Object.assign({}, ...blocks.map((block) => blockSpecs(block, sizes))) as ParameterSpecs),
    'norm.scale': { shape: [numChannels], initial: unitValues },
    'output.weight': { shape: [numChannels, numStates], initial: zeroValues },
    'output.bias': { shape: [numStates], initial: outputBiasValues('createTransformerDenoiser', outputBias, numStates) },
  };
  const timeEmbedding = (parameters: Parameters, t: Steps, batchSize: number): Tensor => {
    const hidden = linear(
      timeFeatures(t, { batchSize, numSteps, numFeatures: numTimeFeatures }),
      parameters['time.hidden.weight']!,
      parameters['time.hidden.bias']!,
    );
    return expandDims(linear(relu(hidden), parameters['time.output.weight']!), 1);
  };
  return defineDenoiser({
    name: 'transformerDenoiser',
    prediction,
    numStates,
    numSteps,
    exampleShape: [-1],
    timeFree: !timeConditioned,
    specs,
    rng,
    network: (parameters, states, t) => {
      let hidden = embedStates(parameters['embedding.weight']!, states);
      if (timeConditioned) hidden = add(hidden, timeEmbedding(parameters, t, states.shape[0]!));
      for (const block of blocks) {
        hidden = add(hidden, attentionBranch(parameters, `${block}.attention`, hidden));
        hidden = add(hidden, feedForwardBranch(parameters, `${block}.feedForward`, hidden));
      }
      return linear(rmsNorm(hidden, parameters['norm.scale']!), parameters['output.weight']!, parameters['output.bias']!);
    },
  });
}

/** {@link createTransformerDenoiser}, for configs. */
export const transformerModel: ModelPlugin<'transformer', TransformerDenoiserOptions> = /* @__PURE__ */ Object.freeze({
  specVersion: 1,
  kind: 'model',
  name: 'transformer',
  parse,
  create: createTransformerDenoiser,
});

interface BlockSizes {
  readonly numChannels: number;
  readonly numHidden: number;
  readonly numHeads: number;
  readonly maxDistance: number;
  /** Residual branches in the whole network. */
  readonly branches: number;
}

function blockSpecs(block: string, { numChannels, numHidden, numHeads, maxDistance, branches }: BlockSizes): ParameterSpecs {
  return {
    [`${block}.attention.norm.scale`]: { shape: [numChannels], initial: unitValues },
    [`${block}.attention.input.weight`]: { shape: [numChannels, 3 * numChannels], initial: fanInValues(numChannels) },
    [`${block}.attention.relativeBias`]: { shape: [numHeads, 2 * maxDistance + 1], initial: neighbourBias(numHeads, maxDistance) },
    [`${block}.attention.output.weight`]: { shape: [numChannels, numChannels], initial: fanInValues(numChannels, 1 / Math.sqrt(branches)) },
    [`${block}.feedForward.norm.scale`]: { shape: [numChannels], initial: unitValues },
    [`${block}.feedForward.hidden.weight`]: { shape: [numChannels, numHidden], initial: fanInValues(numChannels, Math.SQRT2) },
    [`${block}.feedForward.hidden.bias`]: { shape: [numHidden], initial: zeroValues },
    [`${block}.feedForward.output.weight`]: { shape: [numHidden, numChannels], initial: fanInValues(numHidden, 1 / Math.sqrt(branches)) },
  };
}

function timeSpecs(numTimeFeatures: number, numChannels: number): ParameterSpecs {
  return {
    'time.hidden.weight': { shape: [numTimeFeatures, numChannels], initial: fanInValues(numTimeFeatures, Math.SQRT2) },
    'time.hidden.bias': { shape: [numChannels], initial: zeroValues },
    'time.output.weight': { shape: [numChannels, numChannels], initial: fanInValues(numChannels) },
  };
}

function attentionBranch(parameters: Parameters, name: string, hidden: Tensor): Tensor {
  return attention(rmsNorm(hidden, parameters[`${name}.norm.scale`]!), {
    input: parameters[`${name}.input.weight`]!,
    output: parameters[`${name}.output.weight`]!,
    bias: relativeBias(parameters[`${name}.relativeBias`]!, hidden.shape[1]!),
  });
}

function feedForwardBranch(parameters: Parameters, name: string, hidden: Tensor): Tensor {
  const wide = linear(
    rmsNorm(hidden, parameters[`${name}.norm.scale`]!),
    parameters[`${name}.hidden.weight`]!,
    parameters[`${name}.hidden.bias`]!,
  );
  return linear(relu(wide), parameters[`${name}.output.weight`]!);
}
