import { add, fill, greater, sub, tidy, where } from '@tensorflow/tfjs-core';
import { logNormalize } from './log-normalize.ts';
import { FINITE_MIN } from './log-sum-exp.ts';
import { predictionLogProbs } from './prediction-log-probs.ts';
import type { ReverseProcess } from './reverse-process.ts';

/**
 * The mixture of posteriors, Eq. (4) of the preprint and the library's default:
 *
 *     p_θ(x_s | x_t) = Σ_{c ∈ C(x_t)} q(x_s | x_t, c) f̂(c)
 *
 * with f̂ = f restricted to the x_0 that x_t can come from. In maps:
 * `pullStates(x_t) + push(log f̂ − log Q̄_t[·, x_t])`. At s = 0 it is f̂ itself.
 */
export function mixture(): ReverseProcess<'denoiser'> {
  return {
    name: 'mixture',
    prediction: 'denoiser',
    firstStep: 'denoiser',
    unmasksIndependently: true,
    weights: 'mixture',
    logProbs: (transition, { logits, xt, s, t }) =>
      tidy(() => {
        const f = predictionLogProbs(transition, logits);
        const likelihood = transition.pullStates(xt, 0, t);
        const weights = where(greater(likelihood, FINITE_MIN), sub(f, likelihood), fill(f.shape, -Infinity));
        return logNormalize(add(transition.pullStates(xt, s, t), transition.push(weights, 0, s)));
      }),
    denoiserLogProbs: (transition, { logits }) => predictionLogProbs(transition, logits),
  };
}
