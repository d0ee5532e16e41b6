import { withGradient } from '@d3pm/core';
import { reshape, sum, tile, type Tensor } from '@tensorflow/tfjs-core';

/** Every pixel four times: `y[b, i, j] = x[b, ⌊i/2⌋, ⌊j/2⌋]`, float32 `[B, H, W, C]` → `[B, 2H, 2W, C]`; the caller disposes it. */
export function upsample(x: Tensor): Tensor {
  const [batchSize, height, width, channels] = x.shape as [number, number, number, number];
  return withGradient(
    [x],
    (image) => {
      const lines = reshape(image, [batchSize * height, 1, width, channels]);
      const wide = tile(reshape(lines, [batchSize * height * width, 1, channels]), [1, 2, 1]);
      const tall = tile(reshape(wide, [batchSize * height, 1, 2 * width * channels]), [1, 2, 1]);
      return { value: reshape(tall, [batchSize, 2 * height, 2 * width, channels]), saved: [] };
    },
    (dy) => {
      const lines = sum(reshape(dy, [batchSize * height, 2, 2 * width * channels]), 1);
      return [reshape(sum(reshape(lines, [batchSize * height * width, 2, channels]), 1), x.shape)];
    },
  );
}
