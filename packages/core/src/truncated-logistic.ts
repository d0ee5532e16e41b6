import {
  add,
  cast,
  div,
  exp,
  expandDims,
  linspace,
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
import { assertShape, assertStates } from './assert.ts';
import { withGradient } from './with-gradient.ts';

export interface TruncatedLogisticInput {
  /** States at step t, int32 `[B, …N]`: the location is predicted relative to them. */
  readonly xt: Tensor;
  /** μ′, float32 `[B, …N]`. */
  readonly shift: Tensor;
  /** s, float32 `[B, …N]`; s = 0 is a scale of e⁻² ≈ 0.135 on [−1, 1]. */
  readonly logScale: Tensor;
  /** K ≥ 2 */
  readonly numStates: number;
}

/**
 * Logits of a logistic distribution, discretised to K bins on [−1, 1] and truncated to them
 * (Appendix A.8 of arXiv v3): with x = 2 x_t/(K−1) − 1, μ = tanh(x + μ′), centres c_k and width w = 2/(K−1),
 *
 *     logit_k = log[σ(e^{2−s}(c_k − μ + w/2)) − σ(e^{2−s}(c_k − μ − w/2))]
 *
 * Since σ(a) − σ(b) = σ(a) σ(−b) (1 − e^{b−a}) and a − b is the same in every bin, the last factor
 * drops out of the softmax and the logit is −softplus(−a) − softplus(b): stable and alike on both
 * sides. The authors' code floors the upper tail alone at log 10⁻⁶.
 *
 * @returns float32 `[B, …N, K]`, unnormalised; the caller disposes it.
 */
export function truncatedLogisticLogits({ xt, shift, logScale, numStates }: TruncatedLogisticInput): Tensor {
  assertStates('truncatedLogisticLogits', 'xt', xt, numStates);
  assertShape('truncatedLogisticLogits', 'shift', shift, xt.shape);
  assertShape('truncatedLogisticLogits', 'logScale', logScale, xt.shape);
  return tidy(() => {
    const scaled = sub(mul(cast(xt, 'float32'), binWidth(numStates)), 1);
    return binLogits(expandDims(tanh(add(scaled, shift)), -1), expandDims(exp(sub(2, logScale)), -1), numStates);
  });
}

const binWidth = (numStates: number): number => 2 / (numStates - 1);

/** Both edges of every bin: e^{2−s}(c_k − μ ± w/2), float32 `[…, K]`. */
function edges(mean: Tensor, inverseScale: Tensor, numStates: number): { readonly upper: Tensor; readonly lower: Tensor } {
  const upper = mul(inverseScale, sub(linspace(-1, 1, numStates), sub(mean, binWidth(numStates) / 2)));
  return { upper, lower: sub(upper, mul(inverseScale, binWidth(numStates))) };
}

/**
 * The logits from μ and e^{2−s}, float32 `[…, 1]`, with their gradient in one, made from the two again: nothing with K classes is kept.
 * ∂logit/∂μ = e^{2−s} (σ(b) − σ(−a)), and ∂logit/∂e^{2−s} = e^{s−2} (a σ(−a) − b σ(b)).
 */
function binLogits(mean: Tensor, inverseScale: Tensor, numStates: number): Tensor {
  return withGradient(
    [mean, inverseScale],
    (location, inverse) => {
      const { upper, lower } = edges(location!, inverse!, numStates);
      return { value: neg(add(softplus(neg(upper)), softplus(lower))), saved: [location!, inverse!] };
    },
    (dy, location, inverse) => {
      const { upper, lower } = edges(location!, inverse!, numStates);
      const [above, below] = [mul(dy, sigmoid(neg(upper))), mul(dy, sigmoid(lower))];
      return [mul(inverse!, sum(sub(below, above), -1, true)), div(sum(sub(mul(upper, above), mul(lower, below)), -1, true), inverse!)];
    },
  );
}
