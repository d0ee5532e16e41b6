import { runFused } from '@d3pm/core';
import { conv2d, pad, transpose, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * The gradient of the filter of a 3×3 convolution at stride 1 that keeps the size of the image, zeros outside of it:
 *
 *     dW[k, l, c, d] = Σ_{b, i, j} x[b, i + k − 1, j + l − 1, c] dy[b, i, j, d]
 *
 * Where there is no kernel for it that is a convolution of x, its channels as a batch and its batch as channels, under a filter as large as the image.
 *
 * @param x float32 `[B, H, W, C]`.
 * @param dy float32 `[B, H, W, D]`.
 * @returns float32 `[3, 3, C, D]`; the caller disposes it, and within `tidy` what was computed on the way.
 */
export function filterGradient(x: Tensor, dy: Tensor): Tensor {
  const [gradient] = runFused('D3pmFilterGradient', { x, dy }) ?? [];
  return gradient ?? composed(x, dy);
}

function composed(x: Tensor, dy: Tensor): Tensor {
  const framed = pad(transpose(x, [3, 1, 2, 0]), [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const products = conv2d(framed as Tensor4D, transpose(dy, [1, 2, 0, 3]) as Tensor4D, 1, 'valid');
  return transpose(products, [1, 2, 0, 3]);
}
