import { add, fill, greater, sub, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import { logNormalize } from './log-normalize.ts';
import { FINITE_MIN } from './log-sum-exp.ts';
import type { Steps } from './steps.ts';
import type { Transition } from './transition.ts';

export interface ConvertPredictionInput {
  /** Log-probabilities of x_0, float32 `[B, …N, K]`; need not be normalised. */
  readonly logProbs: Tensor;
  /** The states they were predicted from, int32 `[B, …N]`. */
  readonly xt: Tensor;
  readonly t: Steps;
}

/**
 * f restricted to C(x_t) = {c : Q̄_t[c, x_t] > 0}, the x_0 that x_t can come from, and renormalised.
 *
 * @returns float32 `[B, …N, K]`; −∞ off C(x_t); the caller disposes it.
 */
export function restrictToCompatible(transition: Transition, { logProbs, xt, t }: ConvertPredictionInput): Tensor {
  return tidy(() => logNormalize(onCompatible(transition.pullStates(xt, 0, t), logProbs)));
}

/**
 * `log loo(c) = log f(c) − log Q̄_t[c, x_t]` over C(x_t), renormalised: what the other positions
 * say of x_0, when f is what all positions say. Bayes' rule; exact for every Q_t. Between the two forms of Eq. (4).
 *
 * @returns float32 `[B, …N, K]`; −∞ off C(x_t); the caller disposes it.
 */
export function leaveOneOutFromDenoiser(transition: Transition, { logProbs, xt, t }: ConvertPredictionInput): Tensor {
  return tidy(() => {
    const likelihood = transition.pullStates(xt, 0, t);
    return logNormalize(onCompatible(likelihood, sub(logProbs, likelihood)));
  });
}

/**
 * `log f(c) = log loo(c) + log Q̄_t[c, x_t]`, renormalised: the inverse of {@link leaveOneOutFromDenoiser}.
 *
 * @returns float32 `[B, …N, K]`; the caller disposes it.
 */
export function denoiserFromLeaveOneOut(transition: Transition, { logProbs, xt, t }: ConvertPredictionInput): Tensor {
  return tidy(() => logNormalize(add(logProbs, transition.pullStates(xt, 0, t))));
}

/** `values` where the likelihood is possible, −∞ elsewhere. */
function onCompatible(logLikelihood: Tensor, values: Tensor): Tensor {
  return where(greater(logLikelihood, FINITE_MIN), values, fill(values.shape, -Infinity));
}
