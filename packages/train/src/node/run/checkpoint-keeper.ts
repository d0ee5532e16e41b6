import { join } from 'node:path';
import { D3pmError, type Prediction } from '@d3pm/core';
import type { ParameterLayout } from '../../parameter-layout.ts';
import type { TrainerState } from '../../trainer-state.ts';
import { latestCheckpoint } from '../checkpoint/latest-checkpoint.ts';
import type { LoadedCheckpoint } from '../checkpoint/load-checkpoint.ts';
import type { JsonObject } from '../checkpoint/json-value.ts';
import { saveCheckpoint } from '../checkpoint/save-checkpoint.ts';
import { sweepTemporaries } from '../checkpoint/sweep-temporaries.ts';
import { trainerTensors } from '../checkpoint/trainer-tensors.ts';
import { configDifference } from './config-difference.ts';
import { explainDifference } from './explain-difference.ts';
import { runHistory, type RunPart } from './run-history.ts';
import type { RunRecords } from './run-records.ts';
import { runStateJson } from './run-state.ts';
import type { TrainRunOptions } from './train-run-options.ts';

/** What a run finds when it begins. */
export interface FoundRun {
  readonly checkpoint: LoadedCheckpoint | undefined;
  /** For the person who goes on with it. */
  readonly warnings: readonly string[];
  /** Earlier parts of the run that were made with something else than what it goes on with. */
  readonly history: readonly RunPart[];
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
  const changes = checkpoint && changesSince(folder, checkpoint, options);
  if (changes !== undefined) warnings.push(...changes.warnings);
  // Only now: a run that is refused has written nothing.
  await sweepTemporaries(folder, { ...disk });
  return { checkpoint, warnings, history: changes?.history ?? [] };
}

/** What is another than when the checkpoint was made. */
function changesSince<P extends Prediction>(
  folder: string,
  checkpoint: LoadedCheckpoint,
  { config, environment, machine = {}, allowChange = false }: TrainRunOptions<P>,
): Omit<FoundRun, 'checkpoint'> {
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
  const history = runHistory(checkpoint.config);
  const isOther = changes.length + moved.length > 0;
  return { warnings, history: isOther ? [...history, { toStep: checkpoint.step, ...before }] : history };
}

function madeWith({ folder, config }: LoadedCheckpoint): Omit<RunPart, 'toStep'> {
  const { config: made, environment } = (typeof config === 'object' && config !== null ? config : {}) as JsonObject;
  if (made === undefined || environment === undefined) {
    throw new D3pmError('CHECKPOINT', `trainRun: ${join(folder, 'config.json')} has no config and environment; it is not of a run`);
  }
  return { config: made as JsonObject, environment: environment as JsonObject };
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
  readonly history: readonly RunPart[];
}

export function createCheckpointKeeper<P extends Prediction>({
  folder,
  layout,
  options,
  records,
  history,
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
        config: {
          config,
          environment: { ...environment, ...machine },
          ...(history.length > 0 && { history: history.map((part) => ({ ...part })) }),
        },
        ...(score !== undefined && { score }),
      };
      const saved = await saveCheckpoint(folder, content, { keepLast, keepBest, ...(fileSystem && { fileSystem }) });
      for (const problem of saved.problems) await records.log(`warning: ${problem.message}`);
      await records.log(`saved ${saved.folder}`);
      return saved.folder;
    },
  };
}
