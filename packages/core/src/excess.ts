import { abs, add, div, less, log, mul, square, sub, tidy, where, type Tensor } from '@tensorflow/tfjs-core';

/** Below this three terms of the series are right to 10⁻⁶ of φ; above it the rounding of 1 + x, 6 · 10⁻⁸, is less than that of it. */
const SERIES_BELOW = 0.3;

/**
 * φ(x) = x − log(1 + x) ≥ 0, what a logarithm falls short of its tangent, right to some 10⁻⁶ of φ itself. With z = x/(2 + x) it is
 * x z − 2 z³ (1/3 + z²/5 + z⁴/7 + …), for log(1 + x) = 2 artanh z.
 *
 * @param x float32, above −1.
 * @param onePlus 1 + x, by itself: next to −1 the sum would have lost it.
 */
export function excess(x: Tensor, onePlus: Tensor): Tensor {
  // One at a time, for x may have a number for each of thousands of classes.
  const series = tidy(() => {
    const z = div(x, add(x, 2));
    const sum = tidy(() => {
      const zz = square(z);
      return mul(zz, add(mul(zz, add(mul(zz, 2 / 7), 2 / 5)), 2 / 3));
    });
    return mul(z, sub(x, sum));
  });
  return tidy(() => where(less(abs(x), SERIES_BELOW), series, sub(x, log(onePlus))));
}
