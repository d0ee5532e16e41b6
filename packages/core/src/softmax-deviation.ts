import {
  add,
  cast,
  div,
  exp,
  expandDims,
  gather,
  greater,
  log,
  max,
  maximum,
  mul,
  oneHot,
  range,
  reshape,
  sub,
  sum,
  tensor1d,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { excess } from './excess.ts';
import { FINITE_MIN } from './log-sum-exp.ts';

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
  const numStates = logits.shape.at(-1)!;
  const allowed = impossible === undefined ? logits : add(logits, excluding(impossible, numStates));
  const shifted = sub(allowed, maximum(max(allowed, -1, true), FINITE_MIN));
  const weights = exp(shifted);
  const isData = oneHotRows(x0, numStates);
  const otherWeights = mul(weights, sub(1, isData));
  const otherSum = sum(otherWeights, -1);
  const logHit = classAt(shifted, x0);
  const hitWeight = exp(logHit);
  // The largest weight is 1; there is none in a row in which everything is impossible.
  const total = maximum(add(otherSum, hitWeight), 1);
  const hit = div(hitWeight, total);
  return {
    isData,
    others: div(otherWeights, expandDims(total, -1)),
    error: div(otherSum, total),
    hit,
    nll: where(greater(hit, 0.5), logOnePlus(div(otherSum, hitWeight)), sub(log(total), logHit)),
  };
}

/** log(1 + x) for 0 ≤ x ≤ 1, right relative to itself: not every back end has a `log1p` that is more than a logarithm of 1 + x. */
export function logOnePlus(x: Tensor): Tensor {
  return sub(x, excess(x, add(x, 1)));
}

/** `values[…, states[…]]`, a gather without a gradient. */
export function classAt(values: Tensor, states: Tensor): Tensor {
  const numStates = values.shape.at(-1)!;
  const indices = add(range(0, states.size * numStates, numStates, 'int32'), reshape(states, [states.size]));
  return reshape(gather(reshape(values, [values.size]), indices), states.shape);
}

/** 1 at each state, else 0, float32 `[…, K]`. The wasm back end fills a float32 oneHot with the bits of integers, so it is made as int32. */
export function oneHotRows(states: Tensor, numStates: number): Tensor {
  return cast(oneHot(states, numStates, 1, 0, 'int32'), 'float32');
}

function excluding(state: number, numStates: number): Tensor {
  const values = new Float32Array(numStates);
  values[state] = -Infinity;
  return tensor1d(values);
}
