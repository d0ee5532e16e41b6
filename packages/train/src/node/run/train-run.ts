import type { Prediction, TrainableDenoiser } from '@d3pm/core';
import { assertTrainOptions, trainOptionsOf } from '../../train-options.ts';
import { agreeOnRun } from './group/agree-on-run.ts';
import { followRun } from './group/follow-run.ts';
import { tellProblem, tellStart, type StartOfRun } from './group/start-of-run.ts';
import { leadRun } from './lead-run.ts';
import type { TrainRunEvent } from './train-run-event.ts';
import { assertTrainRunOptions, type TrainRunOptions } from './train-run-options.ts';

/**
 * Trains in a folder, and goes on there if it holds a checkpoint: on the same engine the run that goes on is, bit for bit, the run that
 * was never stopped, in its parameters, its metrics and its samples. A run that is finished is left as it is, to the byte.
 *
 * The folder holds `ckpt-00001000/` (see `saveCheckpoint`), `metrics.jsonl` (a line for each event, without times: the source of
 * truth), event files of TensorBoard, `samples/` and `run.log`. It belongs to one process at a time.
 *
 * A checkpoint is saved every `saveEvery` steps and at the end; when `signal` is aborted, when the caller leaves the loop, and before an
 * error of `evaluate` is passed on. After an error of training itself, as `NON_FINITE`, none is: the last good one stays.
 *
 * In a `group`, rank 0 has the folder: it writes, evaluates and gives its state to the others, which train along and write nothing. A run that was
 * made by some number of processes goes on with any other.
 *
 * @throws {D3pmError} `RUN_LOCKED`; `CONFIG_CHANGED` with the difference key by key, unless `allowChange`; `CHECKPOINT`; `RUN_FOLDER` when
 * metrics or log cannot be written; what `train` throws; what rank 0 throws
 * before the first step, on all members, and `GROUP` when they have different configs or environments.
 */
export async function* trainRun<P extends Prediction>(
  model: TrainableDenoiser<P>,
  options: TrainRunOptions<NoInfer<P>>,
): AsyncGenerator<TrainRunEvent, void, undefined> {
  assertTrainRunOptions(options);
  assertTrainOptions('trainRun', model, trainOptionsOf(options));
  const { group } = options;
  if (group === undefined || group.size === 1) return yield* leadRun(model, options, async () => undefined);
  await agreeOnRun(group, options);
  if (group.rank > 0) return yield* followRun(model, { ...options, group });
  let isTold = false;
  const tell = async (start: StartOfRun): Promise<void> => {
    isTold = true;
    await tellStart(group, start);
  };
  try {
    yield* leadRun(model, options, tell);
  } catch (error) {
    if (!isTold) await tellProblem(group, error);
    throw error;
  }
}
