import { exp, expandDims, greater, mul, neg, sub, sum, where, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { FINITE_MIN } from './log-sum-exp.ts';
import { withGradient } from './with-gradient.ts';

/**
 * `KL(q ‖ p) = Σ_k q_k (log q_k − log p_k)` over the last axis, in nats. `0 · log 0` is 0; a class
 * that q has and p has not makes it +∞.
 *
 * `q` is what the forward process says and is a constant here: the gradient goes to `p` alone.
 *
 * @param qLogProbs float32 `[…, K]`.
 * @param pLogProbs float32 `[…, K]`.
 * @returns float32 `[…]`; the caller disposes it.
 */
export function categoricalKlNats(qLogProbs: Tensor, pLogProbs: Tensor): Tensor {
  return withGradient(
    [qLogProbs, pLogProbs],
    (q, p) => {
      const possible = greater(q, FINITE_MIN);
      const terms = where(possible, mul(exp(q), sub(q, p)), zerosLike(q));
      return { value: sum(terms, -1), saved: [q] };
    },
    (dy, q) => [zerosLike(q), mul(neg(exp(q)), expandDims(dy, -1))],
  );
}
