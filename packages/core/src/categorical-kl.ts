import { add, equal, exp, expm1, less, mul, neg, sub, sum, where, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';
import { scaleRows } from './scale-rows.ts';
import { withGradient } from './with-gradient.ts';

/** From e⁵⁰ times q on, p is the whole of a term, and its quotient by a q that underflows is not needed. */
const RATIO_BELOW = 50;

/**
 * `KL(q ‖ p) = Σ_k q_k (log q_k − log p_k)` over the last axis, in nats. `0 · log 0` is 0; a class
 * that q has and p has not makes it +∞. A q of −∞ alone is no distribution, and makes it NaN.
 *
 * Both sum to 1, so each term may have p − q added. It is then `q (e^δ − 1 − δ) ≥ 0` with δ = log p − log q: where the two are close, an
 * error of the logarithms counts by itself times δ, and not by itself.
 *
 * `q` is what the forward process says and is a constant here: the gradient goes to `p` alone.
 *
 * @param qLogProbs float32 `[…, K]`, normalised.
 * @param pLogProbs float32 `[…, K]`, normalised.
 * @returns float32 `[…]`; the caller disposes it.
 */
export function categoricalKlNats(qLogProbs: Tensor, pLogProbs: Tensor): Tensor {
  return withGradient(
    [qLogProbs, pLogProbs],
    (q, p) => {
      const fused = runFused('D3pmCategoricalKl', { logQ: q!, logP: p! });
      if (fused) return { value: fused[0]!, saved: [fused[1]!] };
      const weight = exp(q!);
      const delta = sub(p!, q!);
      const near = mul(weight, sub(expm1(delta), delta));
      // −∞ is less than any q, also than one that underflows. A q that is NaN stays one.
      const finite = where(equal(delta, -Infinity), Infinity, near);
      const terms = where(less(delta, RATIO_BELOW), finite, add(exp(p!), mul(weight, 0)));
      return { value: where(equal(sum(weight, -1), 0), NaN, sum(terms, -1)), saved: [neg(weight)] };
    },
    (dy, slope) => [zerosLike(slope!), scaleRows(slope!, dy)],
  );
}
