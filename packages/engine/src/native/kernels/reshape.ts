import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeKernel } from './native-kernel.ts';

/**
 * A shape that stays is a second reference to the same numbers; the stock kernel runs an operation for it, and gradients of tfjs
 * reshape to the same shape after nearly every step.
 */
export const reshape: NativeKernel<{ readonly x: TensorInfo }, { readonly shape: readonly number[] }> = {
  kernelName: 'Reshape',
  run: ({ inputs: { x }, attrs: { shape }, backend, stock }) => {
    if (!util.arraysEqual(x.shape, util.inferFromImplicitShape([...shape], util.sizeFromShape(x.shape)))) return stock();
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
};
