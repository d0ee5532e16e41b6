import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.ts';

interface Attributes {
  readonly clipValueMin: number;
  readonly clipValueMax: number;
}

/** min(max(x, low), high) on int32, which the stock kernel returns unclipped; float32 is left to it. */
export const clipByValue: WasmKernel<{ readonly x: TensorInfo }, Attributes> = {
  kernelName: 'ClipByValue',
  run: ({ inputs: { x }, attrs: { clipValueMin, clipValueMax }, backend, stock }) => {
    if (x.dtype !== 'int32') return stock();
    const out = backend.makeOutput(x.shape, 'int32');
    const values = backend.typedArrayFromHeap(x);
    const clipped = backend.typedArrayFromHeap(out);
    for (let i = 0; i < values.length; i++) clipped[i] = Math.min(Math.max(values[i]!, clipValueMin), clipValueMax);
    return out;
  },
};
