import { join } from 'node:path';
import { D3pmError, type Prediction } from '@d3pm/core';
import { clone, dispose, keep } from '@tensorflow/tfjs-core';
import type { ParameterLayout } from '../../parameter-layout.ts';
import type { TrainerState } from '../../trainer-state.ts';
import type { LoadedCheckpoint } from '../checkpoint/load-checkpoint.ts';
import { trainerStateFrom } from '../checkpoint/trainer-state-from.ts';
import { readRunState } from './run-state.ts';
import type { TrainRunOptions } from './train-run-options.ts';

export interface ResumedState {
  /** The caller disposes it. */
  readonly state: TrainerState;
  readonly warnings: readonly string[];
}

/**
 * The trainer's state in a checkpoint. Where a change is allowed, a moving average that is new begins at the parameters, and one that is no
 * longer kept is dropped.
 *
 * @throws {D3pmError} `CHECKPOINT` when it is of another run or network, `CONFIG_CHANGED` for an average that is missing or not wanted.
 */
export function resumedState<P extends Prediction>(
  layout: ParameterLayout,
  checkpoint: LoadedCheckpoint,
  { rng, emaDecay, allowChange = false }: Pick<TrainRunOptions<P>, 'allowChange' | 'emaDecay' | 'rng'>,
): ResumedState {
  const file = join(checkpoint.folder, 'state.json');
  // Another seed is a change of the config like any other.
  const rest = readRunState(file, checkpoint.state, { step: checkpoint.step, rng: allowChange ? undefined : rng });
  const isWanted = emaDecay !== undefined;
  const isThere = checkpoint.tensors.ema !== undefined;
  if (isWanted !== isThere && !allowChange) {
    throw new D3pmError(
      'CONFIG_CHANGED',
      `trainRun: ${checkpoint.folder} has ${isThere ? 'a' : 'no'} moving average and emaDecay is ${isWanted ? '' : 'not '}given; give what it was made with, or accept the change (allowChange, --allow-change)`,
    );
  }
  const { average, ...made } = trainerStateFrom(layout, checkpoint);
  if (isWanted === isThere) return { state: { ...made, ...(average && { average }), ...rest }, warnings: [] };
  if (average) dispose(average);
  return {
    state: { ...made, ...(isWanted && { average: keep(clone(made.parameters)) }), ...rest },
    warnings: [isWanted ? `the moving average begins at the parameters of step ${rest.step}` : 'the moving average is dropped'],
  };
}
