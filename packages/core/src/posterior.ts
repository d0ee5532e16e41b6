import { add, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { assertShape, assertStates } from './assert.ts';
import { logNormalize } from './log-normalize.ts';
import { stepPairs, type Steps } from './steps.ts';
import type { Transition } from './transition.ts';

export interface PosteriorInput {
  /** Data. int32 `[B, …N]`, each in 0…K−1. */
  readonly x0: Tensor;
  /** States at step t. int32 `[B, …N]`. */
  readonly xt: Tensor;
  /** Target step and current step, 0 ≤ s < t ≤ T. */
  readonly s: Steps;
  readonly t: Steps;
}

/**
 * Log-probabilities of the forward-process posterior
 *
 *     q(x_s = k | x_t, x_0) = [x_t Q(s→t)ᵀ]_k · [x_0 Q̄_s]_k / (x_0 Q̄_t x_tᵀ)
 *
 * Eq. (3) of Austin et al. (2021) with s = t − 1; a smaller s is its k-step form. At s = 0 it is
 * the point mass on x_0. Where x_t cannot follow from x_0 (denominator 0) the row is −∞, never NaN.
 *
 * @returns float32 `[B, …N, K]`, `exp` of each row sums to 1; the caller disposes it.
 * @throws {D3pmError} `SHAPE`, `DTYPE`, or `STEP_RANGE` unless 0 ≤ s < t ≤ T for every example.
 */
export function posteriorLogProbs(transition: Transition, { x0, xt, s, t }: PosteriorInput): Tensor {
  assertStates('posteriorLogProbs', 'x0', x0, transition.numStates);
  assertStates('posteriorLogProbs', 'xt', xt, transition.numStates);
  assertShape('posteriorLogProbs', 'x0', x0, xt.shape);
  stepPairs('posteriorLogProbs', s, t, { batchSize: xt.shape[0]!, numSteps: transition.numSteps, strict: true });
  return tidy(() => logNormalize(add(transition.pullStates(xt, s, t), transition.pushStates(x0, 0, s))));
}
