import { crossEntropyNats, D3pmError, sampleForward, type Prediction, type ReverseProcess, type Transition } from '@d3pm/core';
import { wholeBatch } from './example-range.ts';
import type { TrainingLoss } from './training-loss.ts';
import { uniformSteps } from './uniform-steps.ts';

export interface CrossEntropyLossOptions<P extends Prediction> {
  readonly transition: Transition;
  readonly reverse: ReverseProcess<P>;
}

/**
 * CE_t = −Σ log f(x_0 | x_t) over all positions, masked or not, t uniform on 1…T, stratified over the batch: nats per example.
 * Not a bound. Gradients are of that divided by N.
 *
 * @throws {D3pmError} `UNSOUND` for a prior that is a parameter: it learns from L_T, which this loss does not have.
 */
export function crossEntropyLoss<P extends Prediction>({ transition, reverse }: CrossEntropyLossOptions<P>): TrainingLoss<P> {
  const { prior, name } = transition;
  if (prior.kind === 'learned' && prior.parameter !== undefined) {
    throw new D3pmError(
      'UNSOUND',
      `crossEntropyLoss: the prior of ${name} is the parameter "${prior.parameter}", which no cross-entropy can teach; use hybridLoss, with a lambda if you like, or the transition with a fixed prior`,
    );
  }
  return {
    name: 'cross-entropy',
    transition,
    accepts: (prediction) => prediction === reverse.prediction,
    corrupt: (x0, rng, range = wholeBatch(x0)) => {
      const t = uniformSteps(x0.shape[0]!, transition.numSteps, { ...range, rng: rng.split('t') });
      return { t, states: sampleForward(transition, x0, { t, rng: rng.split('noise'), firstExample: range.firstExample }) };
    },
    nats: ({ logits, x0, xt, t }) => crossEntropyNats(transition, reverse, { logits, x0, xt, t }),
    gradientScale: (positions) => 1 / positions,
  };
}
