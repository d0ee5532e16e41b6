import {
  add,
  cast,
  div,
  exp,
  expandDims,
  expm1,
  linspace,
  log,
  maximum,
  minimum,
  mul,
  neg,
  sigmoid,
  softplus,
  sub,
  sum,
  tanh,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { assertInteger, assertShape, assertStates } from './assert.ts';
import { withGradient } from './with-gradient.ts';

export interface TruncatedLogisticInput {
  /** States at step t, int32 `[B, …N]`: the location is predicted relative to them. */
  readonly xt: Tensor;
  /** μ′, float32 `[B, …N]`. */
  readonly shift: Tensor;
  /** s, float32 `[B, …N]`; s = 0 is a scale of e⁻² ≈ 0.135 on [−1, 1]. Below −58 it is taken as −58, where all is in one bin or two. */
  readonly logScale: Tensor;
  /** K ≥ 2 */
  readonly numStates: number;
  /** @defaultValue 'exact' */
  readonly tails?: LogisticTails;
}

/**
 * Of the discretised logistic: `exact` on both sides, or `floored`, the authors’ own, where 10⁻⁶ inside a logarithm keeps the logits above
 * the mean from falling below −13.8.
 */
export type LogisticTails = 'exact' | 'floored';

/** 2 − s at most: e⁶⁰ times an edge is a finite float32, and a scale of e⁻⁶⁰ is far below the width of a bin. With floored tails −(2 − s) too. */
const MAX_LOG_INVERSE_SCALE = 60;

/** Of floored tails, as in the authors’ code. */
const FLOOR = 1e-6;

/**
 * Logits of a logistic distribution, discretised to K bins on [−1, 1] and truncated to them
 * (Appendix A.8 of arXiv v3): with x = 2 x_t/(K−1) − 1, μ = tanh(x + μ′), centres c_k and width w = 2/(K−1),
 *
 *     logit_k = log[σ(e^{2−s}(c_k − μ + w/2)) − σ(e^{2−s}(c_k − μ − w/2))]
 *
 * Since σ(a) − σ(b) = σ(a) σ(−b) (1 − e^{b−a}) and a − b is the same in every bin, the last factor
 * drops out of the softmax and the logit is −softplus(−a) − softplus(b): stable and alike on both
 * sides. With `tails: 'floored'` it is what the authors' code means to compute, without its cancellation:
 *
 *     logit_k = log σ(a) + log(1 − σ(b)/σ(a) + 10⁻⁶),   1 − σ(b)/σ(a) = σ(−b) (1 − e^{b−a})
 *
 * @returns float32 `[B, …N, K]`, unnormalised; the caller disposes it.
 * @throws {D3pmError} `INVALID_OPTIONS` for fewer than two states; `SHAPE`, `DTYPE` and `STATE_RANGE` as the names say
 */
export function truncatedLogisticLogits({ xt, shift, logScale, numStates, tails = 'exact' }: TruncatedLogisticInput): Tensor {
  assertInteger('truncatedLogisticLogits', 'numStates', numStates, 2);
  assertStates('truncatedLogisticLogits', 'xt', xt, numStates);
  assertShape('truncatedLogisticLogits', 'shift', shift, xt.shape);
  assertShape('truncatedLogisticLogits', 'logScale', logScale, xt.shape);
  return tidy(() => {
    const scaled = sub(mul(cast(xt, 'float32'), binWidth(numStates)), 1);
    const mean = expandDims(tanh(add(scaled, shift)), -1);
    const logInverse = expandDims(minimum(sub(2, logScale), MAX_LOG_INVERSE_SCALE), -1);
    if (tails === 'exact') return binLogits(mean, exp(logInverse), numStates);
    return flooredBinLogits(mean, exp(maximum(logInverse, -MAX_LOG_INVERSE_SCALE)), numStates);
  });
}

const binWidth = (numStates: number): number => 2 / (numStates - 1);

/** Both edges of every bin from μ: c_k − μ ± w/2, float32 `[…, K]`. */
function edges(mean: Tensor, numStates: number): { readonly upper: Tensor; readonly lower: Tensor } {
  const upper = sub(linspace(-1, 1, numStates), sub(mean, binWidth(numStates) / 2));
  return { upper, lower: sub(upper, binWidth(numStates)) };
}

/**
 * The logits from μ and e^{2−s}, float32 `[…, 1]`, with their gradient in one, made from the two again: nothing with K classes is kept.
 * ∂logit/∂μ = e^{2−s} (σ(b) − σ(−a)), and ∂logit/∂e^{2−s} = (c_k − μ + w/2) σ(−a) − (c_k − μ − w/2) σ(b).
 */
function binLogits(mean: Tensor, inverseScale: Tensor, numStates: number): Tensor {
  return withGradient(
    [mean, inverseScale],
    (location, inverse) => {
      const { upper, lower } = edges(location!, numStates);
      return { value: neg(add(softplus(neg(mul(inverse!, upper))), softplus(mul(inverse!, lower)))), saved: [location!, inverse!] };
    },
    (dy, location, inverse) => {
      const { upper, lower } = edges(location!, numStates);
      const above = mul(dy, sigmoid(neg(mul(inverse!, upper))));
      const below = mul(dy, sigmoid(mul(inverse!, lower)));
      return [mul(inverse!, sum(sub(below, above), -1, true)), sum(sub(mul(upper, above), mul(lower, below)), -1, true)];
    },
  );
}

/**
 * As `binLogits`, with the floor: log(e^u + 10⁻⁶) with u = −softplus(b) + log(1 − e^{−δ}), δ = a − b = e^{2−s} w. The share
 * g = e^u / (e^u + 10⁻⁶) of its gradient goes to u, whose derivative after δ is 1 / (e^δ − 1).
 */
function flooredBinLogits(mean: Tensor, inverseScale: Tensor, numStates: number): Tensor {
  const width = binWidth(numStates);
  const belowFloor = (inverse: Tensor, lower: Tensor): Tensor =>
    sub(log(neg(expm1(mul(inverse, -width)))), add(softplus(mul(inverse, lower)), Math.log(FLOOR)));
  return withGradient(
    [mean, inverseScale],
    (location, inverse) => {
      const { upper, lower } = edges(location!, numStates);
      const value = sub(softplus(belowFloor(inverse!, lower)), softplus(neg(mul(inverse!, upper))));
      return { value: add(value, Math.log(FLOOR)), saved: [location!, inverse!] };
    },
    (dy, location, inverse) => {
      const { upper, lower } = edges(location!, numStates);
      const above = mul(dy, sigmoid(neg(mul(inverse!, upper))));
      const share = mul(dy, sigmoid(belowFloor(inverse!, lower)));
      const below = mul(share, sigmoid(mul(inverse!, lower)));
      const ofWidth = div(mul(share, width), expm1(mul(inverse!, width)));
      return [mul(inverse!, sum(sub(below, above), -1, true)), sum(add(sub(mul(upper, above), mul(lower, below)), ofWidth), -1, true)];
    },
  );
}
