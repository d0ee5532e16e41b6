import { exp, maximum, mul, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { FINITE_MIN, logSumExpKept } from './log-sum-exp.ts';
import { runFused } from './run-fused.ts';
import { withGradient } from './with-gradient.ts';

/**
 * `x − log Σ exp(x)` over the last axis: log-softmax that keeps impossible classes at −∞.
 * A row in which everything is impossible stays −∞, never NaN.
 *
 * @returns float32 of the same shape, `exp` of each row sums to 1; the caller disposes it.
 */
export function logNormalize(x: Tensor): Tensor {
  return withGradient(
    [x],
    (input) => {
      const value = runFused('D3pmLogNormalize', { x: input })?.[0] ?? sub(input, maximum(logSumExpKept(input, -1), FINITE_MIN));
      return { value, saved: [value] };
    },
    (dy, value) => [runFused('D3pmLogNormalizeGrad', { dy, y: value })?.[0] ?? sub(dy, mul(exp(value), sum(dy, -1, true)))],
  );
}
