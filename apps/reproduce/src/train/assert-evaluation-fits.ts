import { assertAutoregressive, D3pmError, type TrainableDenoiser, type Transition } from '@d3pm/core';
import type { EvaluationConfig } from '../config/train-config.ts';

/**
 * Asks before the first update what an evaluation would ask after many.
 *
 * @throws {D3pmError} `UNSOUND` for a causal network, whose samples and likelihood are of the autoregressive chain whatever the loss, on another
 *   one; `INVALID_OPTIONS` for more steps to sample by than the chain has.
 */
export function assertEvaluationFits(
  { sampleSteps }: EvaluationConfig,
  { transition, model }: { readonly transition: Transition; readonly model: TrainableDenoiser<'denoiser'> },
): void {
  if (model.causal) return assertAutoregressive('train: model.causal', transition);
  const { numSteps } = transition;
  if (sampleSteps === undefined || sampleSteps <= numSteps) return;
  throw new D3pmError(
    'INVALID_OPTIONS',
    `train: evaluation.sampleSteps is ${sampleSteps}, and the chain has T = ${numSteps} steps; lower it, or leave it out for all of them`,
  );
}
