import { join } from 'node:path';
import { D3pmError, type Prediction } from '@d3pm/core';
import type { ParameterLayout } from '../../parameter-layout.ts';
import type { TrainerState } from '../../trainer-state.ts';
import { latestCheckpoint } from '../checkpoint/latest-checkpoint.ts';
import type { LoadedCheckpoint } from '../checkpoint/load-checkpoint.ts';
import type { JsonObject, JsonValue } from '../checkpoint/json-value.ts';
import { saveCheckpoint } from '../checkpoint/save-checkpoint.ts';
import { sweepTemporaries } from '../checkpoint/sweep-temporaries.ts';
import { trainerStateFrom } from '../checkpoint/trainer-state-from.ts';
import { trainerTensors } from '../checkpoint/trainer-tensors.ts';
import { configDifference } from './config-difference.ts';
import { explainDifference } from './explain-difference.ts';
import type { RunRecords } from './run-records.ts';
import { readRunState, runStateJson } from './run-state.ts';
import type { TrainRunOptions } from './train-run-options.ts';

/** What a run finds when it begins. */
export interface FoundRun {
  readonly checkpoint: LoadedCheckpoint | undefined;
  /** For the person who goes on with it. */
  readonly warnings: readonly string[];
}

/**
 * Finds the newest good checkpoint of a run folder, then sweeps it.
 *
 * @throws {D3pmError} `CONFIG_CHANGED` when that is of another config, unless `allowChange`; `CHECKPOINT`.
 */
export async function findRun<P extends Prediction>(folder: string, options: TrainRunOptions<P>): Promise<FoundRun> {
  const disk = options.fileSystem && { fileSystem: options.fileSystem };
  const warnings: string[] = [];
  const checkpoint = await latestCheckpoint(folder, {
    ...disk,
    onSkipped: ({ name, reason }) => warnings.push(`${name} is passed over: ${reason.message}`),
  });
  if (checkpoint !== undefined) warnings.push(...changesSince(folder, checkpoint, options));
  // Only now: a run that is refused has written nothing.
  await sweepTemporaries(folder, { ...disk });
  return { checkpoint, warnings };
}

/** What is another than when the checkpoint was made, for a warning. */
function changesSince<P extends Prediction>(
  folder: string,
  checkpoint: LoadedCheckpoint,
  { config, environment, machine = {}, allowChange = false }: TrainRunOptions<P>,
): readonly string[] {
  const warnings: string[] = [];
  const before = madeWith(checkpoint);
  const changes = configDifference(before.config, config);
  if (changes.length > 0 && !allowChange) {
    throw new D3pmError(
      'CONFIG_CHANGED',
      `trainRun: the run in ${folder} was made with another config:\n${explainDifference(changes)}\ngive it that config, choose another folder, or accept the change (allowChange, --allow-change)`,
    );
  }
  if (changes.length > 0) warnings.push(`the config is changed:\n${explainDifference(changes)}`);
  const moved = configDifference(before.environment, { ...environment, ...machine });
  if (moved.length > 0) {
    warnings.push(`the checkpoint was made elsewhere, so the bits of a run that was not stopped may differ:\n${explainDifference(moved)}`);
  }
  return warnings;
}

function madeWith({ folder, config }: LoadedCheckpoint): { readonly config: JsonValue; readonly environment: JsonValue } {
  const { config: made, environment } = (typeof config === 'object' && config !== null ? config : {}) as JsonObject;
  if (made === undefined || environment === undefined) {
    throw new D3pmError('CHECKPOINT', `trainRun: ${join(folder, 'config.json')} has no config and environment; it is not of a run`);
  }
  return { config: made, environment };
}

/** The trainer's state in a checkpoint; the caller disposes it. @throws {D3pmError} `CHECKPOINT` when it is of another run or network. */
export function resumedState<P extends Prediction>(
  layout: ParameterLayout,
  checkpoint: LoadedCheckpoint,
  { rng, allowChange = false }: Pick<TrainRunOptions<P>, 'allowChange' | 'rng'>,
): TrainerState {
  const file = join(checkpoint.folder, 'state.json');
  // Another seed is a change of the config like any other.
  const rest = readRunState(file, checkpoint.state, { step: checkpoint.step, rng: allowChange ? undefined : rng });
  return { ...trainerStateFrom(layout, checkpoint), ...rest };
}

/** Saves the states of one run. */
export interface CheckpointKeeper {
  /** Returns the folder. */
  save(state: TrainerState, score?: number): Promise<string>;
  /** The step of the newest checkpoint that was saved or tried; undefined before. */
  readonly lastStep: number | undefined;
  /** Whether the checkpoint of a step was saved or tried, with this score. */
  hasTried(step: number, score?: number): boolean;
}

export interface CheckpointKeeperInput<P extends Prediction> {
  readonly folder: string;
  readonly layout: ParameterLayout;
  readonly options: TrainRunOptions<P>;
  readonly records: RunRecords;
  /** Of the checkpoint that the run goes on from. */
  readonly lastStep: number | undefined;
}

export function createCheckpointKeeper<P extends Prediction>({
  folder,
  layout,
  options,
  records,
  ...begun
}: CheckpointKeeperInput<P>): CheckpointKeeper {
  const { config, environment, machine = {}, rng, keepLast = 3, keepBest = 0, fileSystem } = options;
  let { lastStep } = begun;
  let lastScore: number | undefined;
  return {
    get lastStep() {
      return lastStep;
    },
    hasTried: (step, score) => step === lastStep && score === lastScore,
    save: async (state, score) => {
      [lastStep, lastScore] = [state.step, score];
      // What the checkpoint says has happened is on the disk before it.
      await records.sync();
      const content = {
        step: state.step,
        tensors: await trainerTensors(layout, state),
        state: runStateJson(state, rng),
        config: { config, environment: { ...environment, ...machine } },
        ...(score !== undefined && { score }),
      };
      const saved = await saveCheckpoint(folder, content, { keepLast, keepBest, ...(fileSystem && { fileSystem }) });
      for (const problem of saved.problems) await records.log(`warning: ${problem.message}`);
      await records.log(`saved ${saved.folder}`);
      return saved.folder;
    },
  };
}
