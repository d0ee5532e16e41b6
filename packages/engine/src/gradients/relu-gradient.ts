import {
  engine,
  getBackend,
  getKernel,
  mul,
  step,
  zerosLike,
  type GradConfig,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** A kernel of ours: dy where y > 0, else 0, for y = relu(x). */
export const RELU_GRAD = 'D3pmReluGrad';

/** The gradient of relu from its output, in one operation on a back end that has {@link RELU_GRAD}. tfjs multiplies by int32 steps of the input: four. */
export const reluGradient: GradConfig = {
  kernelName: 'Relu',
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => reluGrad(dy as Tensor, y!) }),
};

/** It is linear in dy, and does not move with y. */
export const reluGradGradient: GradConfig = {
  kernelName: RELU_GRAD,
  inputsToSave: ['y'],
  gradFunc: (dy, [y]) => ({ dy: () => reluGrad(dy as Tensor, y!), y: () => zerosLike(y!) }),
};

function reluGrad(dy: Tensor, y: Tensor): Tensor {
  if (getKernel(RELU_GRAD, getBackend()) === undefined) return mul(dy, step(y));
  const inputs: NamedTensorMap = { dy, y };
  return engine().runKernel(RELU_GRAD, inputs);
}
