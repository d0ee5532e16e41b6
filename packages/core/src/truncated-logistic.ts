import { add, expandDims, exp, linspace, mul, neg, softplus, sub, tanh, tidy, cast, type Tensor } from '@tensorflow/tfjs-core';
import { assertShape, assertStates } from './assert.ts';

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
    const width = 2 / (numStates - 1);
    const scaled = sub(mul(cast(xt, 'float32'), width), 1);
    const mean = expandDims(tanh(add(scaled, shift)), -1);
    const inverseScale = expandDims(exp(sub(2, logScale)), -1);
    const distance = sub(linspace(-1, 1, numStates), mean);
    const upper = mul(inverseScale, add(distance, width / 2));
    const lower = mul(inverseScale, sub(distance, width / 2));
    return neg(add(softplus(neg(upper)), softplus(lower)));
  });
}
