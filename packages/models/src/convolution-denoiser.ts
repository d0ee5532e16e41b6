import { D3pmError, type ModelPlugin, type ModelSetting, type Parameters, type Prediction, type TrainableDenoiser } from '@d3pm/core';
import { add, type Tensor } from '@tensorflow/tfjs-core';
import { assertSetting } from './assert-setting.ts';
import { defineDenoiser } from './define-denoiser.ts';
import { dilatedWindow } from './dilated-window.ts';
import { embedStates } from './embed-states.ts';
import { fanInValues, normalValues, unitValues, zeroValues } from './initializers.ts';
import { linear, linearRelu } from './linear.ts';
import { outputBiasValues } from './output-bias.ts';
import type { ParameterSpecs } from './parameter-specs.ts';
import { integerFrom, integerList, numberList, oddInteger, parseOptions, predictionName } from './parse-options.ts';
import { rmsNorm } from './rms-norm.ts';

export interface ConvolutionDenoiserOptions<P extends Prediction = Prediction> {
  /** @defaultValue 128 */
  readonly numChannels?: number;
  /** One residual block each. A position sees (width − 1)/2 · Σ dilations positions to either side. @defaultValue [1, 2, 4, 8] */
  readonly dilations?: readonly number[];
  /** Odd. @defaultValue 3 */
  readonly width?: number;
  /** Logits `[K]` that the network starts from, for example the log-frequencies of the data. @defaultValue zeros */
  readonly outputBias?: ArrayLike<number>;
  /** What the logits are trained to mean. @defaultValue 'denoiser' */
  readonly prediction?: P;
}

const parse = (options: unknown): ConvolutionDenoiserOptions =>
  parseOptions<ConvolutionDenoiserOptions>('createConvolutionDenoiser', options, {
    numChannels: integerFrom(1),
    dilations: integerList,
    width: oddInteger,
    outputBias: numberList,
    prediction: predictionName,
  });

/**
 * Dilated residual convolutions over sequences of any length, not told the time:
 *
 *     h = embedding(x_t);   h ← h + W₂ relu(W₁ window(rmsNorm(h)) + b) for each dilation;   logits = W rmsNorm(h) + bias
 *
 * Convolutions are products of matrices on shifted copies, which wasm does near its peak. Shifting the sequence
 * shifts the logits, but for positions that see an end. Starts at the logits of `outputBias`, exactly. The caller disposes the model.
 *
 * @param setting `exampleShape` is `[L]`; L is not fixed by it.
 * @throws {D3pmError} `INVALID_OPTIONS`, or `SHAPE` when an example is not a sequence.
 */
export function createConvolutionDenoiser<P extends Prediction = 'denoiser'>(
  setting: ModelSetting,
  options: ConvolutionDenoiserOptions<P> = {},
): TrainableDenoiser<P> {
  assertSetting('createConvolutionDenoiser', setting);
  const { numStates, numSteps, exampleShape, rng } = setting;
  const {
    numChannels = 128,
    dilations = [1, 2, 4, 8],
    width = 3,
    outputBias,
    prediction = 'denoiser' as P,
  } = parse(options) as ConvolutionDenoiserOptions<P>;
  if (exampleShape.length !== 1) {
    throw new D3pmError(
      'SHAPE',
      `createConvolutionDenoiser: exampleShape is [${exampleShape.join(', ')}], expected [length]: it convolves along one axis`,
    );
  }
  const specs: ParameterSpecs = {
    'embedding.weight': { shape: [numStates, numChannels], initial: normalValues(1) },
    ...(Object.assign({}, ...dilations.map((_, i) => blockSpecs(`blocks.${i}`, numChannels, width, dilations.length))) as ParameterSpecs),
    'norm.scale': { shape: [numChannels], initial: unitValues },
    'output.weight': { shape: [numChannels, numStates], initial: zeroValues },
    'output.bias': { shape: [numStates], initial: outputBiasValues('createConvolutionDenoiser', outputBias, numStates) },
  };
  return defineDenoiser({
    name: 'convolutionDenoiser',
    prediction,
    numStates,
    numSteps,
    exampleShape: [-1],
    timeFree: true,
    specs,
    rng,
    network: (parameters, states) => {
      let hidden = embedStates(parameters['embedding.weight']!, states);
      dilations.forEach((dilation, i) => {
        hidden = add(hidden, residual(parameters, `blocks.${i}`, hidden, { width, dilation }));
      });
      return linear(rmsNorm(hidden, parameters['norm.scale']!), parameters['output.weight']!, parameters['output.bias']!);
    },
  });
}

/** {@link createConvolutionDenoiser}, for configs. */
export const convolutionModel: ModelPlugin<'convolution', ConvolutionDenoiserOptions> = /* @__PURE__ */ Object.freeze({
  specVersion: 1,
  kind: 'model',
  name: 'convolution',
  parse,
  create: createConvolutionDenoiser,
});

function blockSpecs(block: string, numChannels: number, width: number, numBlocks: number): ParameterSpecs {
  return {
    [`${block}.norm.scale`]: { shape: [numChannels], initial: unitValues },
    [`${block}.conv.weight`]: { shape: [width * numChannels, numChannels], initial: fanInValues(width * numChannels, Math.SQRT2) },
    [`${block}.conv.bias`]: { shape: [numChannels], initial: zeroValues },
    [`${block}.output.weight`]: { shape: [numChannels, numChannels], initial: fanInValues(numChannels, 1 / Math.sqrt(numBlocks)) },
  };
}

function residual(
  parameters: Parameters,
  block: string,
  hidden: Tensor,
  window: { readonly width: number; readonly dilation: number },
): Tensor {
  const seen = dilatedWindow(rmsNorm(hidden, parameters[`${block}.norm.scale`]!), window);
  return linear(
    linearRelu(seen, parameters[`${block}.conv.weight`]!, parameters[`${block}.conv.bias`]!),
    parameters[`${block}.output.weight`]!,
  );
}
