import type { ModelPlugin, ModelSetting, Parameters, Prediction, Steps, TrainableDenoiser } from '@d3pm/core';
import { add, cast, concat, mul, range, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { assertSetting } from './assert-setting.ts';
import { defineDenoiser } from './define-denoiser.ts';
import { embedStates } from './embed-states.ts';
import { fanInValues, normalValues, unitValues, zeroValues } from './initializers.ts';
import { linear, linearRelu } from './linear.ts';
import { outputBiasValues } from './output-bias.ts';
import type { ParameterSpecs } from './parameter-specs.ts';
import { evenInteger, flag, integerFrom, numberList, parseOptions, predictionName } from './parse-options.ts';
import { rmsNorm } from './rms-norm.ts';
import { timeFeatures } from './time-features.ts';

export interface MlpDenoiserOptions<P extends Prediction = Prediction> {
  /** @defaultValue 128 */
  readonly numChannels?: number;
  /** Residual blocks. @defaultValue 2 */
  readonly numBlocks?: number;
  /** Numbers that each state of each position is looked up as. @defaultValue 16 */
  readonly embeddingSize?: number;
  /**
   * Whether states are also read as numbers, x/(K−1) scaled to −1…1: right where neighbouring states mean similar things. A mask of its own
   * is one more number, and told apart by its embedding.
   *
   * @defaultValue true
   */
  readonly ordinal?: boolean;
  /** @defaultValue true */
  readonly timeConditioned?: boolean;
  /** Sines and cosines of the step; even. @defaultValue 32 */
  readonly numTimeFeatures?: number;
  /** Logits `[K]` that every position starts from. @defaultValue zeros */
  readonly outputBias?: ArrayLike<number>;
  /** What the logits are trained to mean. @defaultValue 'denoiser' */
  readonly prediction?: P;
}

const parse = (options: unknown): MlpDenoiserOptions =>
  parseOptions<MlpDenoiserOptions>('createMlpDenoiser', options, {
    numChannels: integerFrom(1),
    numBlocks: integerFrom(0),
    embeddingSize: integerFrom(1),
    ordinal: flag,
    timeConditioned: flag,
    numTimeFeatures: evenInteger,
    outputBias: numberList,
    prediction: predictionName,
  });

/**
 * A residual MLP over a fixed number N of categorical variables: every variable sees all others.
 *
 *     h = W_in [embeddings(x_t), ordinals(x_t), timeFeatures(t)] + b;   h ← h + W₂ relu(W₁ rmsNorm(h) + b₁);   logits = W rmsNorm(h) + bias
 *
 * Every position has embeddings of its own. Starts at the logits of `outputBias`, exactly. The caller disposes the model.
 *
 * @throws {D3pmError} `INVALID_OPTIONS`.
 */
export function createMlpDenoiser<P extends Prediction = 'denoiser'>(
  setting: ModelSetting,
  options: MlpDenoiserOptions<P> = {},
): TrainableDenoiser<P> {
  assertSetting('createMlpDenoiser', setting);
  const { numStates, numSteps, exampleShape, rng } = setting;
  const {
    numChannels = 128,
    numBlocks = 2,
    embeddingSize = 16,
    ordinal = true,
    timeConditioned = true,
    numTimeFeatures = 32,
    outputBias,
    prediction = 'denoiser' as P,
  } = parse(options) as MlpDenoiserOptions<P>;
  const positions = exampleShape.reduce((product, size) => product * size, 1);
  const inputs = positions * (embeddingSize + (ordinal ? 1 : 0)) + (timeConditioned ? numTimeFeatures : 0);
  const blocks = Array.from({ length: numBlocks }, (_, i) => `blocks.${i}`);
  const specs: ParameterSpecs = {
    'embedding.weight': { shape: [positions * numStates, embeddingSize], initial: normalValues(1) },
    'input.weight': { shape: [inputs, numChannels], initial: fanInValues(inputs) },
    'input.bias': { shape: [numChannels], initial: zeroValues },
    ...(Object.assign({}, ...blocks.map((block) => blockSpecs(block, numChannels, numBlocks))) as ParameterSpecs),
    'norm.scale': { shape: [numChannels], initial: unitValues },
    'output.weight': { shape: [numChannels, positions * numStates], initial: zeroValues },
    'output.bias': { shape: [positions * numStates], initial: outputBiasValues('createMlpDenoiser', outputBias, numStates, positions) },
  };

  const features = (parameters: Parameters, states: Tensor, t: Steps): Tensor => {
    const batchSize = states.shape[0]!;
    const flat = reshape(states, [batchSize, positions]);
    const rows = add(flat, range(0, positions * numStates, numStates, 'int32'));
    const parts = [reshape(embedStates(parameters['embedding.weight']!, rows), [batchSize, positions * embeddingSize])];
    if (ordinal) parts.push(add(mul(cast(flat, 'float32'), 2 / Math.max(numStates - 1, 1)), -1));
    if (timeConditioned) parts.push(timeFeatures(t, { batchSize, numSteps, numFeatures: numTimeFeatures }));
    return concat(parts, 1);
  };

  return defineDenoiser({
    name: 'mlpDenoiser',
    prediction,
    numStates,
    numSteps,
    exampleShape,
    timeFree: !timeConditioned,
    specs,
    rng,
    network: (parameters, states, t) => {
      let hidden = linear(features(parameters, states, t), parameters['input.weight']!, parameters['input.bias']!);
      for (const block of blocks) hidden = add(hidden, residual(parameters, block, hidden));
      const logits = linear(rmsNorm(hidden, parameters['norm.scale']!), parameters['output.weight']!, parameters['output.bias']!);
      return reshape(logits, [...states.shape, numStates]);
    },
  });
}

/** {@link createMlpDenoiser}, for configs. */
export const mlpModel: ModelPlugin<'mlp', MlpDenoiserOptions> = /* @__PURE__ */ Object.freeze({
  specVersion: 1,
  kind: 'model',
  name: 'mlp',
  parse,
  create: createMlpDenoiser,
});

function blockSpecs(block: string, numChannels: number, numBlocks: number): ParameterSpecs {
  return {
    [`${block}.norm.scale`]: { shape: [numChannels], initial: unitValues },
    [`${block}.hidden.weight`]: { shape: [numChannels, numChannels], initial: fanInValues(numChannels, Math.SQRT2) },
    [`${block}.hidden.bias`]: { shape: [numChannels], initial: zeroValues },
    [`${block}.output.weight`]: { shape: [numChannels, numChannels], initial: fanInValues(numChannels, 1 / Math.sqrt(numBlocks)) },
  };
}

function residual(parameters: Parameters, block: string, hidden: Tensor): Tensor {
  const input = rmsNorm(hidden, parameters[`${block}.norm.scale`]!);
  return linear(
    linearRelu(input, parameters[`${block}.hidden.weight`]!, parameters[`${block}.hidden.bias`]!),
    parameters[`${block}.output.weight`]!,
  );
}
