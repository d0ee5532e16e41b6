import { add, exp, log, maximum, mul, reshape, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { FINITE_MIN } from './log-sum-exp.ts';
import { withGradient } from './with-gradient.ts';

/** `log (exp a + exp b)`, with broadcasting. Where both are −∞ it is −∞ with gradient 0. The caller disposes it. */
export function logAddExp(a: Tensor, b: Tensor): Tensor {
  return withGradient(
    [a, b],
    (left, right) => {
      const shift = maximum(maximum(left, right), FINITE_MIN);
      const value = add(log(add(exp(sub(left, shift)), exp(sub(right, shift)))), shift);
      return { value, saved: [left, right, value] };
    },
    (dy, left, right, value) => {
      const total = maximum(value, FINITE_MIN);
      return [left, right].map((input) => sumTo(mul(dy, exp(sub(input, total))), input.shape));
    },
  );
}

/** Sums out the axes along which a tensor of `shape` was broadcast. */
function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  const extra = x.rank - shape.length;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis < extra || (shape[axis - extra] === 1 && x.shape[axis] !== 1));
  return axes.length === 0 ? x : reshape(sum(x, axes, true), [...shape]);
}
