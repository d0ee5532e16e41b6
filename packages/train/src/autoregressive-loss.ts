import { assertAutoregressive, denoiserNllNats, type Transition } from '@d3pm/core';
import { reshape, sum, tidy } from '@tensorflow/tfjs-core';
import type { TrainingLoss } from './training-loss.ts';
import { withPriorTerm } from './with-prior-term.ts';

/**
 * The bound of the autoregressive chain (Section 4) for a causal network, all of its N steps in one call on clean data:
 *
 *     Σ_i −log f(x_0,i | x_0,<i)
 *
 * Step t = N − i reveals position i, and costs its cross-entropy; so this is L_vb − L_T itself in nats per example, with no step or
 * noise to draw, and the exact negative log-likelihood (L_T is 0; it is added when the prior is a parameter of the network).
 * A denoiser and a leave-one-out prediction are the same thing at a mask. Gradients are of that divided by N.
 *
 * @throws {D3pmError} `UNSOUND` for any other chain. `train` refuses a network that is not causal, for it would read the answer.
 */
export function autoregressiveLoss({ transition }: { readonly transition: Transition }): TrainingLoss<'denoiser' | 'leave-one-out'> {
  assertAutoregressive('autoregressiveLoss', transition);
  return {
    name: 'autoregressive',
    transition,
    accepts: (prediction) => prediction === 'denoiser' || prediction === 'leave-one-out',
    requires: 'causal',
    corrupt: (x0) => ({ states: x0, t: 1 }),
    nats: ({ logits, x0, parameters }) =>
      tidy(() => {
        const nll = denoiserNllNats(logits, x0, { impossible: transition.extraMask });
        return withPriorTerm({ transition, x0, parameters }, sum(reshape(nll, [x0.shape[0]!, -1]), 1));
      }),
    gradientScale: (positions) => 1 / positions,
  };
}
