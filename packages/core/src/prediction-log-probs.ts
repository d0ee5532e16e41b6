import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { assertClassAxis } from './assert.ts';
import { excludeClass } from './exclude-class.ts';
import { logNormalize } from './log-normalize.ts';
import type { Transition } from './transition.ts';

/**
 * Logits over x_0 as log-probabilities of values that data can take: with an extra mask, f(mask) = 0.
 *
 * @param logits float32 `[B, …N, K]`.
 * @returns float32 of the same shape, `exp` of each row sums to 1; the caller disposes it.
 */
export function predictionLogProbs(transition: Transition, logits: Tensor): Tensor {
  assertClassAxis('predictionLogProbs', 'logits', logits, transition.numStates);
  const { extraMask } = transition;
  if (extraMask === undefined) return logNormalize(logits);
  return tidy(() => logNormalize(excludeClass(logits, extraMask)));
}
