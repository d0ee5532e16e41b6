import { inceptionLayout, type InceptionLayer } from './inception-layout.ts';

/** d: channels of the last image. */
export const numInceptionFeatures = 2048;
/** C of TensorFlow's graph: the 1000 of ImageNet, and eight that it was not trained on. */
export const numInceptionClasses = 1008;

/** What batch norm has of each channel. */
const CHANNEL_WEIGHTS = ['weight', 'bias', 'running_mean', 'running_var'] as const;

type Shapes = Record<string, readonly number[]>;

/** Names of all weights in the order in which they are used, and their shapes: convolutions `[out, in, height, width]`. */
export function inceptionShapes(): Readonly<Shapes> {
  const shapes: Shapes = {};
  const numFeatures = addShapes(shapes, inceptionLayout(), 3);
  shapes['fc.weight'] = [numInceptionClasses, numFeatures];
  shapes['fc.bias'] = [numInceptionClasses];
  return shapes;
}

/** @returns channels after the last layer */
function addShapes(shapes: Shapes, layers: readonly InceptionLayer[], numChannels: number): number {
  let channels = numChannels;
  for (const layer of layers) {
    if (layer.kind === 'branches') {
      const inside = channels;
      channels = layer.branches.reduce((total, branch) => total + addShapes(shapes, branch, inside), 0);
    } else if (layer.kind === 'convolution') {
      shapes[`${layer.name}.conv.weight`] = [layer.numChannels, channels, ...layer.kernel];
      for (const part of CHANNEL_WEIGHTS) shapes[`${layer.name}.bn.${part}`] = [layer.numChannels];
      channels = layer.numChannels;
    }
  }
  return channels;
}
