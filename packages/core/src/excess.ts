import { abs, add, less, log, mul, div, square, sub, where, type Tensor } from '@tensorflow/tfjs-core';

/** Below this the first terms of the series are right to 10⁻⁷ of it, above it the difference loses less than a factor 50. */
const SERIES_BELOW = 0.05;

/**
 * φ(x) = x − log(1 + x) ≥ 0, what a logarithm falls short of its tangent, right to a few parts in 10⁶ of φ itself.
 * With z = x/(2 + x) it is x z − 2 z³ (1/3 + z²/5 + z⁴/7 + …), for log(1 + x) = 2 artanh z.
 *
 * @param x float32, above −1.
 * @param onePlus 1 + x, by itself: next to −1 the sum would have lost it.
 */
export function excess(x: Tensor, onePlus: Tensor): Tensor {
  const z = div(x, add(x, 2));
  const zz = square(z);
  const series = mul(z, sub(x, mul(zz, add(mul(zz, 2 / 5), 2 / 3))));
  return where(less(abs(x), SERIES_BELOW), series, sub(x, log(onePlus)));
}
