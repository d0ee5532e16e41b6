import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { assertRoom } from './guard-heap.ts';
import type { Conv2DAttributes } from './conv2d-attributes.ts';
import type { WasmKernel } from './wasm-backend.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
}
interface Attributes extends Conv2DAttributes {
  readonly dilations: [number, number] | number;
}

/** XNNPACK rounds channels and pixels up to no more than that. */
const TILE = 16;

/** The stock kernel, whose XNNPACK does not check that it has room for its copies of the filter and for one address for each tap of each pixel. */
export const conv2D: WasmKernel<Inputs, Attributes> = {
  kernelName: 'Conv2D',
  run: ({ inputs: { x, filter }, attrs, backend, stock }) => {
    const { strides, dilations, pad, dimRoundingMode, dataFormat } = attrs;
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filter.shape as [number, number, number, number],
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    const taps = info.filterHeight * info.filterWidth;
    const packed = (info.outChannels + TILE) * (taps * (info.inChannels + TILE) + 1);
    const addresses = taps * (info.outHeight * info.outWidth + TILE);
    assertRoom(backend.wasm, 4 * (util.sizeFromShape(filter.shape) + packed + addresses));
    return stock();
  },
};
