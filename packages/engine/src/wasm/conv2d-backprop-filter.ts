import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { eachTapLine, tapsOf } from './conv-taps.ts';
import { conv2DInfo, type Conv2DAttributes } from './conv2d-attributes.ts';
import { multiplyRegions } from './multiply-regions.ts';
import { transposeBlock } from './transpose-block.ts';
import { addressOf, floatHeap, withScratch, type WasmKernel } from './wasm-backend.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
}
interface Attributes extends Conv2DAttributes {
  readonly filterShape: readonly number[];
}

/**
 * dW[i, j, c, d] = Σ_{b, y, z} x[b, y·s + i − p, z·s + j − p, c] · dy[b, y, z, d], with zeros outside of x,
 * for x [B, H, W, C] and dy [B, H′, W′, D] → [h, w, C, D], float32.
 *
 * For each tap (i, j) the pixels of x that it meets are gathered as a [C, B·H′·W′] matrix, whose product with dy is the tap's
 * [C, D] block of dW. The scratch memory is one such matrix, not the h·w of them that a full im2col needs.
 */
export const conv2DBackpropFilter: WasmKernel<Inputs, Attributes> = {
  kernelName: 'Conv2DBackpropFilter',
  run: ({ inputs: { x, dy }, attrs, backend }) => {
    const { wasm } = backend;
    const info = conv2DInfo(x.shape, attrs.filterShape, attrs);
    const { inChannels, outChannels } = info;
    const pixels = info.batchSize * info.outHeight * info.outWidth;
    const out = backend.makeOutput(info.filterShape, 'float32');
    if (pixels === 0) backend.typedArrayFromHeap(out).fill(0);
    if (pixels === 0 || util.sizeFromShape(out.shape) === 0) return out;
    const input = addressOf(backend, x) / 4;
    const b = addressOf(backend, dy);
    const weights = addressOf(backend, out);
    withScratch(wasm, inChannels * pixels, (a) => {
      for (const [i, tap] of tapsOf(info).entries()) {
        const values = floatHeap(wasm);
        values.fill(0, a / 4, a / 4 + inChannels * pixels);
        eachTapLine(tap, (inPixel, outPixel, count) => {
          const from = { values, offset: input + inPixel * inChannels, rowStride: info.strideWidth * inChannels };
          transposeBlock(from, { values, offset: a / 4 + outPixel, rowStride: pixels }, count, inChannels);
        });
        const block = weights + i * inChannels * outChannels * 4;
        multiplyRegions(wasm, { rows: inChannels, inner: pixels, columns: outChannels }, [{ a, b, out: block }]);
      }
    });
    return out;
  },
};
