import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly segmentIds: TensorInfo;
}

/**
 * out[s] = Σ_{i : segmentIds[i] = s} x[i], for x [N, …inner] and int32 segmentIds [N] → [numSegments, …inner], dtype of x.
 * An id outside 0…numSegments−1 adds to nothing; a segment without ids is 0. The gradient of `gather`, so of every embedding.
 */
export const unsortedSegmentSum: WasmKernel<Inputs, { readonly numSegments: number }> = {
  kernelName: 'UnsortedSegmentSum',
  run: ({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }) => {
    const inner = x.shape.slice(1);
    const length = util.sizeFromShape(inner);
    const out = backend.makeOutput([numSegments, ...inner], x.dtype);
    const values = backend.typedArrayFromHeap(x);
    const ids = backend.typedArrayFromHeap(segmentIds);
    const sums = backend.typedArrayFromHeap(out);
    sums.fill(0);
    for (let i = 0, read = 0; i < ids.length; i++) {
      const segment = ids[i]!;
      if (segment < 0 || segment >= numSegments) read += length;
      else for (let write = segment * length, end = write + length; write < end; write++) sums[write]! += values[read++]!;
    }
    return out;
  },
};
