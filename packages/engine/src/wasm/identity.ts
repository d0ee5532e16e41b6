import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.ts';

/** The same data under a second reference, as on the cpu back end; the stock kernel copies it. Tensors never change in place. */
export const identity: WasmKernel<{ readonly x: TensorInfo }> = {
  kernelName: 'Identity',
  run: ({ inputs: { x }, backend }) => {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
};
