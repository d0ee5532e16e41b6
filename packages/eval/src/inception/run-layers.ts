import { avgPool, concat, fused, maxPool, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import type { FoldedConvolution } from './folded-convolution.ts';
import type { ConvolutionLayer, InceptionLayer } from './inception-layout.ts';

/** By the names of their layers. */
export type FoldedConvolutions = ReadonlyMap<string, FoldedConvolution>;

/**
 * One layer after the other; what lies between two is freed at once.
 *
 * @param x float32 `[B, H, W, C]`, which stays.
 * @returns float32 `[B, H′, W′, C′]`; the caller disposes it.
 */
export function runLayers(x: Tensor4D, layers: readonly InceptionLayer[], convolutions: FoldedConvolutions): Tensor4D {
  return layers.reduce((image, layer) => {
    const next = tidy(() => runLayer(image, layer, convolutions));
    if (image !== x) image.dispose();
    return next;
  }, x);
}

function runLayer(x: Tensor4D, layer: InceptionLayer, convolutions: FoldedConvolutions): Tensor4D {
  switch (layer.kind) {
    case 'convolution':
      return convolve(x, layer, convolutions.get(layer.name)!);
    case 'average': // of the pixels inside of the image, with either padding
      return avgPool(x, 3, layer.stride, layer.stride === 1 ? 'same' : 'valid');
    case 'largest':
      return maxPool(x, 3, layer.stride, layer.stride === 1 ? 'same' : 'valid');
    case 'branches':
      return concat(
        layer.branches.map((branch) => runLayers(x, branch, convolutions)),
        3,
      );
  }
}

/** max(0, W x + b) */
function convolve(x: Tensor4D, { stride, pad }: ConvolutionLayer, { filter, bias }: FoldedConvolution): Tensor4D {
  return fused.conv2d({ x, filter, strides: stride, pad, bias, activation: 'relu' });
}
