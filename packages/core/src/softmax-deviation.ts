import { add, div, exp, expandDims, greater, log, max, maximum, mul, sub, sum, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import { excess } from './excess.ts';
import { excludeClass } from './exclude-class.ts';
import { gatherClass } from './gather-class.ts';
import { FINITE_MIN } from './log-sum-exp.ts';
import { oneHotRows } from './one-hot-rows.ts';

export interface SoftmaxDeviation {
  /** 1 at the class of x_0, else 0, float32 `[…, K]`. */
  readonly isData: Tensor;
  /** f, and 0 at the class of x_0, float32 `[…, K]`. */
  readonly others: Tensor;
  /** 1 − f(x_0) as the sum of `others`, float32 `[…]`. */
  readonly error: Tensor;
  /** f(x_0), float32 `[…]` */
  readonly hit: Tensor;
  /** −log f(x_0), float32 `[…]`, right to float32 also where f(x_0) is nearly 1, or too small for float32. */
  readonly nll: Tensor;
}

/**
 * f = softmax(logits) by what separates it from the point mass on x_0. Where the two are close, `1 − f(x_0)` and all that is made of
 * it would lose its digits in a subtraction; here nothing is subtracted.
 *
 * @param logits float32 `[…, K]`. @param x0 int32 `[…]`. @param impossible A class with f = 0.
 * @returns tensors that the caller disposes, as it does what was computed on the way.
 */
export function softmaxDeviation(logits: Tensor, x0: Tensor, impossible?: number): SoftmaxDeviation {
  const isData = oneHotRows(x0, logits.shape.at(-1)!);
  const { otherWeights, logHit } = tidy(() => {
    const shifted = tidy(() => {
      const allowed = impossible === undefined ? logits : excludeClass(logits, impossible);
      return sub(allowed, maximum(max(allowed, -1, true), FINITE_MIN));
    });
    return { otherWeights: tidy(() => mul(exp(shifted), sub(1, isData))), logHit: gatherClass(shifted, x0) };
  });
  const otherSum = sum(otherWeights, -1);
  const hitWeight = exp(logHit);
  // The largest weight is 1; there is none in a row in which everything is impossible.
  const total = maximum(add(otherSum, hitWeight), 1);
  const hit = div(hitWeight, total);
  const others = div(otherWeights, expandDims(total, -1));
  otherWeights.dispose();
  return {
    isData,
    others,
    error: div(otherSum, total),
    hit,
    nll: where(greater(hit, 0.5), logOnePlus(div(otherSum, hitWeight)), sub(log(total), logHit)),
  };
}

/** log(1 + x) for 0 ≤ x ≤ 1, right relative to itself: not every back end has a `log1p` that is more than a logarithm of 1 + x. */
export function logOnePlus(x: Tensor): Tensor {
  return sub(x, excess(x, add(x, 1)));
}
