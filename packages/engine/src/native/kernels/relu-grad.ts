import type { TensorInfo } from '@tensorflow/tfjs-core';
import { RELU_GRAD } from '../../gradients/relu-gradient.ts';
import { typeOf, type NativeKernel } from './native-kernel.ts';

/** dy where y > 0, else 0, in one operation of TensorFlow. */
export const reluGrad: NativeKernel<{ readonly dy: TensorInfo; readonly y: TensorInfo }> = {
  kernelName: RELU_GRAD,
  run: ({ inputs: { dy, y }, backend }) => backend.executeSingleOutput('ReluGrad', [typeOf(backend, dy)], [dy, y]),
};
