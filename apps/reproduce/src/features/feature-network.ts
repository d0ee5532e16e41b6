import {
  add,
  cast,
  conv2d,
  logSoftmax,
  matMul,
  maxPool,
  mul,
  relu,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/** Names of the parameters in order, and their shapes. */
export type FeatureShapes = Readonly<Record<string, readonly number[]>>;

export interface FeatureNetworkShape {
  /** [height, width, channels] */
  readonly exampleShape: readonly number[];
  /** Channels after each convolution. */
  readonly numChannels: readonly number[];
  readonly numFeatures: number;
  readonly numClasses: number;
}

/** Parameters of {@link featureNetwork}. */
export function featureShapes({ exampleShape, numChannels, numFeatures, numClasses }: FeatureNetworkShape): FeatureShapes {
  let [height, width, channels] = exampleShape as readonly [number, number, number];
  const shapes: Record<string, readonly number[]> = {};
  numChannels.forEach((next, i) => {
    shapes[`convolution${i}.weight`] = [3, 3, channels, next];
    shapes[`convolution${i}.bias`] = [next];
    [height, width, channels] = [Math.floor(height / 2), Math.floor(width / 2), next];
  });
  return {
    ...shapes,
    'features.weight': [height * width * channels, numFeatures],
    'features.bias': [numFeatures],
    'classes.weight': [numFeatures, numClasses],
    'classes.bias': [numClasses],
  };
}

export interface FeatureNetworkOutput {
  /** float32 `[B, d]`, at least 0 */
  readonly features: Tensor;
  /** float32 `[B, C]` */
  readonly classLogProbs: Tensor;
}

/**
 * A small classifier: 3×3 convolutions, each with a relu and the largest of every 2 × 2, a layer of features with a relu, and classes.
 *
 * @param states int32 or float32 `[B, height, width, channels]`, 0…K−1.
 */
export function featureNetwork(
  parameters: Readonly<Record<string, Tensor>>,
  states: Tensor,
  { numStates }: { readonly numStates: number },
): FeatureNetworkOutput {
  const at = (name: string): Tensor => parameters[name]!;
  let hidden = mul(cast(states, 'float32'), 1 / (numStates - 1));
  for (let i = 0; `convolution${i}.weight` in parameters; i++) {
    const convolved = conv2d(hidden as Tensor4D, at(`convolution${i}.weight`) as Tensor4D, 1, 'same');
    hidden = maxPool(relu(add(convolved, at(`convolution${i}.bias`))) as Tensor4D, 2, 2, 'valid');
  }
  const flat = reshape(hidden, [states.shape[0]!, -1]);
  const features = relu(add(matMul(flat as Tensor2D, at('features.weight') as Tensor2D), at('features.bias')));
  const logits = add(matMul(features as Tensor2D, at('classes.weight') as Tensor2D), at('classes.bias'));
  return { features, classLogProbs: logSoftmax(logits) };
}
