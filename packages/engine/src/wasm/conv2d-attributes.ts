import { D3pmError } from '@d3pm/core';
import { backend_util } from '@tensorflow/tfjs-core';

/** Attributes that the two gradient kernels of conv2d share. */
export interface Conv2DAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4D = [number, number, number, number];

/** Sizes, strides and padding of the convolution. @throws {D3pmError} `ENGINE` for NCHW, which the wasm back end has no forward kernel for. */
export function conv2DInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: Conv2DAttributes,
): backend_util.Conv2DInfo {
  const { strides, pad, dataFormat, dimRoundingMode } = attrs;
  if (dataFormat !== 'NHWC') {
    throw new D3pmError(
      'ENGINE',
      `conv2d gradient: dataFormat is ${dataFormat}, the wasm back end has NHWC only; transpose the input to [batch, height, width, channels]`,
    );
  }
  return backend_util.computeConv2DInfo(inputShape as Shape4D, filterShape as Shape4D, strides, 1, pad, dimRoundingMode);
}
