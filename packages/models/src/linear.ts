import { add, matMul, reshape, type Tensor } from '@tensorflow/tfjs-core';

/**
 * `x W + b` over the last axis, as one product of matrices.
 *
 * @param x float32 `[…, inputs]`.
 * @param weight float32 `[inputs, outputs]`.
 * @param bias float32 `[outputs]`.
 * @returns float32 `[…, outputs]`; the caller disposes it.
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const [inputs, outputs] = weight.shape as [number, number];
  const product = matMul(reshape(x, [-1, inputs]), weight);
  return reshape(bias ? add(product, bias) : product, [...x.shape.slice(0, -1), outputs]);
}
