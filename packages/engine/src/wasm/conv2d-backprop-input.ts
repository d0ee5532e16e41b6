import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { eachTapLine, tapsOf } from './conv-taps.ts';
import { conv2DInfo, type Conv2DAttributes } from './conv2d-attributes.ts';
import { multiplyRegions } from './multiply-regions.ts';
import { transposeMatrices } from './transpose-matrices.ts';
import { addressOf, floatHeap, withScratch, type WasmKernel } from './wasm-backend.ts';

interface Inputs {
  readonly dy: TensorInfo;
  readonly filter: TensorInfo;
}
interface Attributes extends Conv2DAttributes {
  readonly inputShape: readonly number[];
}

/**
 * dx[b, y·s + i − p, z·s + j − p, c] = Σ over taps (i, j) and d of dy[b, y, z, d] · W[i, j, c, d], for dy [B, H′, W′, D]
 * and W [h, w, C, D] → [B, H, W, C], float32.
 *
 * For each tap, dy times the transpose of its [C, D] block, added to the pixels of dx that the tap meets. The stock kernel is a scalar loop.
 */
export const conv2DBackpropInput: WasmKernel<Inputs, Attributes> = {
  kernelName: 'Conv2DBackpropInput',
  run: ({ inputs: { dy, filter }, attrs, backend }) => {
    const { wasm } = backend;
    const info = conv2DInfo(attrs.inputShape, filter.shape, attrs);
    const { inChannels, outChannels, strideWidth } = info;
    const pixels = info.batchSize * info.outHeight * info.outWidth;
    const out = backend.makeOutput(info.inShape, 'float32');
    backend.typedArrayFromHeap(out).fill(0);
    if (pixels === 0 || util.sizeFromShape(filter.shape) === 0) return out;
    const a = addressOf(backend, dy);
    const weights = addressOf(backend, filter);
    const result = addressOf(backend, out) / 4;
    const blockSize = inChannels * outChannels;
    withScratch(wasm, blockSize + pixels * inChannels, (b) => {
      const product = b + blockSize * 4;
      for (const [i, tap] of tapsOf(info).entries()) {
        transposeMatrices(wasm, { count: 1, rows: inChannels, columns: outChannels, from: weights + i * blockSize * 4, to: b });
        multiplyRegions(wasm, { rows: pixels, inner: outChannels, columns: inChannels }, [{ a, b, out: product }]);
        const values = floatHeap(wasm);
        eachTapLine(tap, (inPixel, outPixel, count) => {
          for (let pixel = 0; pixel < count; pixel++) {
            let read = product / 4 + (outPixel + pixel) * inChannels;
            const start = result + (inPixel + pixel * strideWidth) * inChannels;
            for (let write = start; write < start + inChannels; write++) values[write]! += values[read++]!;
          }
        });
      }
    });
    return out;
  },
};
