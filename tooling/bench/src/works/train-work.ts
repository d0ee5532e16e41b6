import type { Prediction, States, TrainableDenoiser } from '@d3pm/core';
import { createRng } from '@d3pm/core';
import { parameterCount } from '@d3pm/models';
import { train, type TrainingLoss } from '@d3pm/train';
import type { PreparedWork } from '../work.ts';

/**
 * Training as a user starts it: `train` with Adam, on one batch again and again, corrupted anew each time.
 *
 * @param eventEvery Updates between two events, at which the loss is read.
 */
export function trainWork<P extends Prediction>(
  model: TrainableDenoiser<P>,
  loss: TrainingLoss<P>,
  batch: States,
  eventEvery = 5,
): PreparedWork {
  const events = train(model, {
    numSteps: Number.MAX_SAFE_INTEGER,
    batches: { batchAt: () => batch },
    loss,
    learningRate: 1e-3,
    rng: createRng('train'),
    eventEvery,
  });
  return { facts: { parameters: parameterCount(model) }, repetitions: eventEvery, run: () => events.next() };
}
