import { add, exp, log, max, maximum, mul, reshape, sub, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './with-gradient.ts';

/** Below every float32 that can occur: stands in for −∞ where −∞ − (−∞) would be NaN. */
export const FINITE_MIN = -3e38;

/**
 * `log Σ exp(x)` over one axis. A row of −∞ gives −∞ with gradient 0, never NaN.
 *
 * @param axis Counted from the end when negative. The result keeps it with size 1.
 * @returns float32; the caller disposes it.
 */
export function logSumExpKept(x: Tensor, axis: number): Tensor {
  const along = axis < 0 ? x.rank + axis : axis;
  return withGradient(
    [x],
    (input) => {
      const shift = maximum(max(input, along, true), FINITE_MIN);
      const value = add(log(sum(exp(sub(input, shift)), along, true)), shift);
      return { value, saved: [input, value] };
    },
    (dy, input, total) => [mul(dy, exp(sub(input, maximum(total, FINITE_MIN))))],
  );
}

/** {@link logSumExpKept} without the axis. */
export function logSumExp(x: Tensor, axis: number): Tensor {
  const along = axis < 0 ? x.rank + axis : axis;
  return tidy(() => reshape(logSumExpKept(x, along), [...x.shape.slice(0, along), ...x.shape.slice(along + 1)]));
}
