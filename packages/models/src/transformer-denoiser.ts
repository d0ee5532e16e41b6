import {
  D3pmError,
  type ModelPlugin,
  type ModelSetting,
  type Parameters,
  type Prediction,
  type Steps,
  type TrainableDenoiser,
} from '@d3pm/core';
import { add, expandDims, type Tensor } from '@tensorflow/tfjs-core';
import { assertSetting } from './assert-setting.ts';
import { attention } from './attention.ts';
import { causalMask } from './causal-mask.ts';
import { defineDenoiser } from './define-denoiser.ts';
import { embedStates } from './embed-states.ts';
import { fanInValues, normalValues, unitValues, zeroValues } from './initializers.ts';
import { linear, linearRelu } from './linear.ts';
import { outputBiasValues } from './output-bias.ts';
import type { ParameterSpecs } from './parameter-specs.ts';
import { evenInteger, flag, integerFrom, numberList, parseOptions, predictionName } from './parse-options.ts';
import { bothSides, leftSide, neighbourBias, relativeBias } from './relative-bias.ts';
import { shiftStates } from './shift-states.ts';
import { timeFeatures } from './time-features.ts';
import { blockSpecs, transformerPass } from './transformer-blocks.ts';
import { transformerDecoder, type PositionBias } from './transformer-decoder.ts';

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
  /**
   * Whether a position reads the states before it alone, which makes an autoregressive model of the same size: the input is
   * shifted by one, with a learned vector in front. It cannot be told the time.
   *
   * @defaultValue false
   */
  readonly causal?: boolean;
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
    causal: flag,
    timeConditioned: flag,
    numTimeFeatures: evenInteger,
    outputBias: numberList,
    prediction: predictionName,
  });

/**
 * A transformer, bidirectional or causal, over sequences of any length: pre-norm (RMSNorm), a learned bias for each signed distance in place of
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
  setting: ModelSetting,
  options: TransformerDenoiserOptions<P> = {},
): TrainableDenoiser<P> {
  assertSetting('createTransformerDenoiser', setting);
  const { numStates, numSteps, exampleShape, rng } = setting;
  const {
    numChannels = 128,
    numBlocks = 4,
    numHeads = 4,
    maxDistance = 64,
    causal = false,
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
  if (causal && timeConditioned) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      'createTransformerDenoiser: causal and timeConditioned are both true; a causal network has no time of its own, for what it has read stays as it was computed; leave timeConditioned out',
    );
  }
  const blocks = Array.from({ length: numBlocks }, (_, i) => `blocks.${i}`);
  const favourites = causal ? leftSide(numHeads) : bothSides(numHeads);
  const sizes = {
    numChannels,
    numHidden,
    numHeads,
    maxDistance,
    branches: 2 * numBlocks,
    relativeBias: neighbourBias(favourites, maxDistance),
  };
  const specs: ParameterSpecs = {
    // Row K of a causal network stands before the first state.
    'embedding.weight': { shape: [causal ? numStates + 1 : numStates, numChannels], initial: normalValues(1) },
    ...(timeConditioned ? timeSpecs(numTimeFeatures, numChannels) : {}),
    ...(Object.assign({}, ...blocks.map((block) => blockSpecs(block, sizes))) as ParameterSpecs),
    'norm.scale': { shape: [numChannels], initial: unitValues },
    'output.weight': { shape: [numChannels, numStates], initial: zeroValues },
    'output.bias': { shape: [numStates], initial: outputBiasValues('createTransformerDenoiser', outputBias, numStates) },
  };
  const timeEmbedding = (parameters: Parameters, t: Steps, batchSize: number): Tensor => {
    const hidden = linearRelu(
      timeFeatures(t, { batchSize, numSteps, numFeatures: numTimeFeatures }),
      parameters['time.hidden.weight']!,
      parameters['time.hidden.bias']!,
    );
    return expandDims(linear(hidden, parameters['time.output.weight']!), 1);
  };
  const pass = transformerPass({ blocks });
  const biasOf: PositionBias = (parameters, rows) => (block) => relativeBias(parameters[`${block}.attention.relativeBias`]!, rows);
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
      const length = states.shape[1]!;
      const embedded = embedStates(parameters['embedding.weight']!, causal ? shiftStates(states, numStates) : states);
      const told = timeConditioned ? add(embedded, timeEmbedding(parameters, t, states.shape[0]!)) : embedded;
      const mask = causal ? causalMask(length) : undefined;
      const ofBlock = biasOf(parameters, { length });
      return pass(parameters, told, (x, weights, block) => {
        const bias = ofBlock(block);
        return attention(x, { ...weights, bias: mask ? add(bias, mask) : bias });
      });
    },
    ...(causal && {
      causal,
      decoder: (parameters: Parameters, batchSize: number) =>
        transformerDecoder({ name: 'transformerDenoiser', parameters, pass, biasOf, numStates, batchSize }),
    }),
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

function timeSpecs(numTimeFeatures: number, numChannels: number): ParameterSpecs {
  return {
    'time.hidden.weight': { shape: [numTimeFeatures, numChannels], initial: fanInValues(numTimeFeatures, Math.SQRT2) },
    'time.hidden.bias': { shape: [numChannels], initial: zeroValues },
    'time.output.weight': { shape: [numChannels, numChannels], initial: fanInValues(numChannels) },
  };
}
