import { add, conv2d, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * y[b, i, j] = Σ_{k, l} W[k, l]ᵀ x[b, s i + k − p, s j + l − p] (+ bias), zeros outside of the image. At stride 1 that is centred and keeps the
 * size; at stride 2 the zeros are at the right and the bottom, as TensorFlow's `SAME` of an even image puts them.
 *
 * @param x float32 `[B, H, W, C]`.
 * @param weight float32 `[3, 3, C, D]`.
 * @param bias float32 `[D]`.
 * @returns float32 `[B, H / s, W / s, D]`; the caller disposes it.
 */
export function convolution(x: Tensor, weight: Tensor, bias?: Tensor, stride: 1 | 2 = 1): Tensor {
  const y = conv2d(x as Tensor4D, weight as Tensor4D, stride, 'same');
  return bias ? add(y, bias) : y;
}
