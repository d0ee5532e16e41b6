import { withGradient } from '@d3pm/core';
import { addN, concat, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { shiftPositions } from './shift-positions.ts';

export interface DilatedWindow {
  /** Odd: as many positions to the left as to the right. */
  readonly width: number;
  readonly dilation: number;
}

/**
 * What a dilated convolution sees at each position, side by side:
 *
 *     y[b, l, k C + c] = x[b, l + (k − (width − 1)/2) · dilation, c],   0 outside of 0…L−1
 *
 * so that the convolution is the product of y with a matrix `[width · C, outputs]`. Its gradient adds the
 * pieces, shifted back.
 *
 * @param x float32 `[B, L, C]`.
 * @returns float32 `[B, L, width · C]`; the caller disposes it.
 */
export function dilatedWindow(x: Tensor, { width, dilation }: DilatedWindow): Tensor {
  const offsets = Array.from({ length: width }, (_, k) => (k - (width - 1) / 2) * dilation);
  return withGradient(
    [x],
    (input) => ({
      value: tidy(() =>
        concat(
          offsets.map((offset) => (offset === 0 ? input : shiftPositions(input, { offset }))),
          2,
        ),
      ),
      saved: [],
    }),
    (dy) => [
      tidy(() => {
        const count = dy.shape[2]! / width;
        return addN(offsets.map((offset, k) => shiftPositions(dy, { offset: -offset, channels: { first: k * count, count } })));
      }),
    ],
  );
}
