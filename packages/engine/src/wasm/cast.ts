import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.ts';

/**
 * x in another dtype. To the same one it is a second reference to the same data, as on the cpu back end.
 * To bool it is x ≠ 0; the stock kernel rounds 0.5 down to false and keeps 2 as 2. All else is left to it.
 */
export const cast: WasmKernel<{ readonly x: TensorInfo }, { readonly dtype: DataType }> = {
  kernelName: 'Cast',
  run: ({ inputs: { x }, attrs: { dtype }, backend, stock }) => {
    if (x.dtype === dtype) {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype };
    }
    if (dtype !== 'bool' || x.dtype === 'string') return stock();
    const out = backend.makeOutput(x.shape, dtype);
    const values = backend.typedArrayFromHeap(x);
    const flags = backend.typedArrayFromHeap(out);
    for (let i = 0; i < values.length; i++) flags[i] = values[i] === 0 ? 0 : 1;
    return out;
  },
};
