import { add, exp, log, max, maximum, mul, reshape, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';
import { withGradient } from './with-gradient.ts';

/** Below every float32 that can occur: stands in for −∞ where −∞ − (−∞) would be NaN. */
export const FINITE_MIN: number = -3e38;

/**
 * `log Σ exp(x)` over one axis. A row of −∞ gives −∞ with gradient 0, never NaN.
 *
 * @param axis Counted from the end when negative.
 * @returns float32 without that axis; the caller disposes it.
 */
export function logSumExp(x: Tensor, axis: number): Tensor {
  return reduced(x, axis, false);
}

/** {@link logSumExp} that keeps the axis, with size 1. */
export function logSumExpKept(x: Tensor, axis: number): Tensor {
  return reduced(x, axis, true);
}

function reduced(x: Tensor, axis: number, keepsAxis: boolean): Tensor {
  const along = axis < 0 ? x.rank + axis : axis;
  const kept = [...x.shape.slice(0, along), 1, ...x.shape.slice(along + 1)];
  const shape = keepsAxis ? kept : kept.toSpliced(along, 1);
  return withGradient(
    [x],
    (input) => {
      const fused = along === x.rank - 1 ? runFused('D3pmLogSumExp', { x: input })?.[0] : undefined;
      const value = fused ? reshape(fused, kept) : composed(input, along);
      return { value: reshape(value, shape), saved: [input, value] };
    },
    (dy, input, total) => [mul(reshape(dy, kept), exp(sub(input, maximum(total, FINITE_MIN))))],
  );
}

function composed(x: Tensor, along: number): Tensor {
  const shift = maximum(max(x, along, true), FINITE_MIN);
  return add(log(sum(exp(sub(x, shift)), along, true)), shift);
}
