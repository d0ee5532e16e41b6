import type { Prediction, TrainableDenoiser } from '@d3pm/core';
import { train } from '../../train.ts';
import { trainOptionsOf } from '../../train-options.ts';
import type { TrainerState } from '../../trainer-state.ts';
import type { TrainRunOptions } from './train-run-options.ts';

/** Gives the model the parameters of a state, as training that is stopped before its first step does. */
export async function loadState<P extends Prediction>(
  model: TrainableDenoiser<P>,
  options: TrainRunOptions<P>,
  state: TrainerState,
): Promise<void> {
  const { group: _, ...alone } = trainOptionsOf(options);
  await train(model, { ...alone, state, signal: { aborted: true } }).next();
}
