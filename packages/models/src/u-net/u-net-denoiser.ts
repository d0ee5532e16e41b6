import { truncatedLogisticLogits, type ModelPlugin, type ModelSetting, type Prediction, type TrainableDenoiser } from '@d3pm/core';
import { split, type Tensor } from '@tensorflow/tfjs-core';
import { assertSetting } from '../assert-setting.ts';
import { defineDenoiser } from '../define-denoiser.ts';
import { dropWith } from '../drop-with.ts';
import { zeroValues } from '../initializers.ts';
import { outputBiasValues } from '../output-bias.ts';
import { timeFeatures } from '../time-features.ts';
import { convolution } from './convolution.ts';
import { imageOfStates } from './image-of-states.ts';
import { pixelLogits } from './pixel-logits.ts';
import { uNetLayout } from './u-net-layout.ts';
import { parseUNetOptions, uNetShape, type UNetDenoiserOptions } from './u-net-options.ts';
import { uNetSpecs } from './u-net-specs.ts';
import { uNet } from './u-net.ts';

/**
 * The U-Net of the paper's experiments on images (Ho et al., 2020), over K ordered levels:
 *
 *     h = uNet(2 x_t / (K − 1) − 1, timeFeatures(t));   logits = conv(h) + bias + onehot(x_t),   or   truncatedLogisticLogits(x_t, conv(h) + bias)
 *
 * Residual blocks of group normalisation, swish and 3×3 convolutions from the full image to the smallest and back, told the time in
 * every block, with skips across and self-attention where the image is small. Starts at `outputBias` + onehot(x_t), exactly; with the head 'logistic',
 * at the distribution around tanh(x_t) that is 17 of 256 levels wide. That head is for chains without an extra mask: every state is a level.
 * With `extraMask` in the setting the K − 1 other states are the levels, and a mask is read as 0, with one more channel for each of the
 * image that is 1 there; without it a mask of its own would be read as one more level, next to white.
 * With a source of randomness in the options of `apply`, numbers are dropped. The caller disposes the model.
 *
 * @param setting `exampleShape` is `[height, width, channels]`, both sizes multiples of 2 to the number of levels less one.
 * @throws {D3pmError} `INVALID_OPTIONS`, or `SHAPE` when an example is not such an image.
 */
export function createUNetDenoiser<P extends Prediction = 'denoiser'>(
  setting: ModelSetting,
  options: UNetDenoiserOptions<P> = {},
): TrainableDenoiser<P> {
  assertSetting('createUNetDenoiser', setting);
  const { numStates, numSteps, exampleShape, extraMask, rng } = setting;
  const shape = uNetShape(setting, options);
  const { numChannels, numGroups, numHeads, dropout, head, logisticTails: tails, skip, outputBias } = shape;
  const [height, , channels] = exampleShape as readonly [number, number, number];
  const layout = uNetLayout({ ...shape, height });
  return defineDenoiser({
    name: 'uNetDenoiser',
    prediction: shape.prediction as P,
    numStates,
    numSteps,
    exampleShape,
    timeFree: false,
    specs: uNetSpecs({
      layout,
      numChannels,
      inChannels: extraMask === undefined ? channels : 2 * channels,
      outChannels: channels * (head === 'logits' ? numStates : 2),
      outputBias: head === 'logits' ? outputBiasValues('createUNetDenoiser', outputBias, numStates, channels) : zeroValues,
    }),
    rng,
    network: (parameters, states, t, options) => {
      const image = imageOfStates(states, { numStates, extraMask });
      const features = timeFeatures(t, { batchSize: states.shape[0]!, numSteps, numFeatures: numChannels });
      const hidden = uNet(image, { parameters, layout, timeFeatures: features, numGroups, numHeads, drop: dropWith(dropout, options) });
      const last = { weight: parameters['output.weight']!, bias: parameters['output.bias']! };
      if (head === 'logits') return pixelLogits(hidden, { ...last, states, numStates, skip });
      const [shift, logScale] = split(convolution(hidden, last.weight, last.bias), 2, 3) as [Tensor, Tensor];
      return truncatedLogisticLogits({ xt: states, shift, logScale, numStates, tails });
    },
  });
}

/** {@link createUNetDenoiser}, for configs. */
export const uNetModel: ModelPlugin<'u-net', UNetDenoiserOptions> = /* @__PURE__ */ Object.freeze({
  specVersion: 1,
  kind: 'model',
  name: 'u-net',
  parse: parseUNetOptions,
  create: createUNetDenoiser,
});
