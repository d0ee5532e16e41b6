import { matMul, reshape, stridedSlice, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { NativeKernel } from './native-kernel.ts';

interface Attributes {
  readonly strides: number | readonly [number, number];
  readonly pad: 'same' | 'valid' | number;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly filterShape: readonly [number, number, number, number];
}

/**
 * The gradient of a 1×1 filter that moves by more than one pixel, as the product of the pixels that it meets with dy: oneDNN in
 * TensorFlow 2.16 gets some of them wrong, for few channels and even sizes. All others go the stock way.
 */
export const conv2DBackpropFilter: NativeKernel<{ readonly x: Tensor; readonly dy: Tensor }, Attributes> = {
  kernelName: 'Conv2DBackpropFilter',
  run: ({ inputs: { x, dy }, attrs: { strides, pad, dataFormat, filterShape }, stock }) => {
    const [height, width, channels, outChannels] = filterShape;
    const [down, across] = typeof strides === 'number' ? [strides, strides] : strides;
    const isPixel = height === 1 && width === 1 && (pad === 'same' || pad === 'valid' || pad === 0);
    if (!isPixel || (down === 1 && across === 1) || dataFormat === 'NCHW') return stock();
    return tidy(() => {
      const met = stridedSlice(x, [0, 0, 0, 0], x.shape, [1, down, across, 1]);
      return reshape(matMul(reshape(met, [-1, channels]), reshape(dy, [-1, outChannels]), true), [...filterShape]);
    });
  },
};
