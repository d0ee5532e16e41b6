import { withGradient } from '@d3pm/core';
import { conv2d, reverse, transpose, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { filterGradient } from './filter-gradient.ts';

/**
 * `convolution` at stride 1 without a bias, for many channels to many: its gradients are convolutions too, which every engine does
 * nearer to its peak than the kernels for gradients.
 *
 *     dx = dy ∗ W mirrored and transposed;   dW by `filterGradient`
 *
 * @param x float32 `[B, H, W, C]`.
 * @param weight float32 `[3, 3, C, D]`.
 * @returns float32 `[B, H, W, D]`; the caller disposes it.
 */
export function hiddenConvolution(x: Tensor, weight: Tensor): Tensor {
  return withGradient(
    [x, weight],
    (image, filter) => ({ value: same(image, filter), saved: [image, filter] }),
    (dy, image, filter) => [same(dy, transpose(reverse(filter!, [0, 1]), [0, 1, 3, 2])), filterGradient(image!, dy)],
  );
}

function same(x: Tensor, filter: Tensor): Tensor {
  return conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same');
}
