import type { ProcessGroup } from '@d3pm/core';
import type { EngineInfo } from '@d3pm/engine';
import { trainRun, type EndOfProcess, type JsonObject, type TrainRunEvent } from '@d3pm/train/node';
import type { Progress } from '../progress.ts';
import type { Training } from './build-training.ts';
import { environmentOf } from './environment-of.ts';
import { evaluateTraining } from './evaluate-training.ts';
import { infinitePriorWarning } from './infinite-prior-warning.ts';
import type { TrainConfig } from '../config/train-config.ts';

export interface TrainInFolderOptions {
  /** The run folder. */
  readonly folder: string;
  readonly engine: EngineInfo;
  readonly progress: Progress;
  /** What the phase of training is called. @defaultValue 'training' */
  readonly phase?: string;
  /** Says a line for people. */
  readonly say: (message: string) => void;
  readonly allowChange: boolean;
  /** Follows what is said of a run that is finished: how to have more. */
  readonly hint?: string;
  /** Of the checkout, where there is one: it stands with every checkpoint. */
  readonly commit?: string | undefined;
  /** The processes that train together, of which the first has the folder. */
  readonly group?: ProcessGroup | undefined;
  /** Finishes the step and saves, when aborted with an `EndOfProcess`. */
  readonly signal: AbortSignal;
}

/**
 * Trains what a config says in a run folder, or goes on there, and leaves the model with the last parameters (their average where one is
 * kept).
 *
 * @returns how the process is to end; undefined when all steps are done.
 */
export async function trainInFolder(
  config: TrainConfig,
  training: Training,
  { folder, engine, progress, phase = 'training', say, allowChange, hint = '', commit, group, signal }: TrainInFolderOptions,
): Promise<EndOfProcess | undefined> {
  const { saving, evaluation, ...decides } = config;
  const { evaluated } = training;
  const warning = infinitePriorWarning(training.transition);
  if (warning !== undefined) say(`warning: ${warning}`);
  const events = trainRun(training.model, {
    ...training.options,
    folder,
    config: { ...decides, evaluation } as unknown as JsonObject,
    ...environmentOf(engine, { commit, group }),
    ...(group && { group }),
    keepLast: saving.keepLast,
    keepBest: saving.keepBest,
    ...(saving.every !== undefined && { saveEvery: saving.every }),
    ...(evaluation.every !== undefined && { evaluateEvery: evaluation.every }),
    ...(evaluation.testExamples > 0 && evaluated && { scoreBy: 'boundBits' }),
    evaluate: (context) => evaluateTraining(context, training, config),
    allowChange,
    signal,
    now: () => new Date(),
  });
  await tell(events, { numSteps: config.training.numSteps, progress, phase, hint, say, evaluated: evaluated?.name });
  return signal.aborted ? (signal.reason as EndOfProcess) : undefined;
}

interface Told {
  readonly numSteps: number;
  readonly progress: Progress;
  readonly phase: string;
  readonly hint: string;
  readonly say: (message: string) => void;
  /** The split that bounds are of. */
  readonly evaluated: string | undefined;
}

async function tell(events: AsyncIterable<TrainRunEvent>, { numSteps, progress, phase, hint, say, evaluated }: Told): Promise<void> {
  let [begun, last, loss, bound, started] = [0, 0, '', '', 0];
  const start = (step: number): void => {
    [begun, last, started] = [step, step, performance.now()];
    // What is still to be done, so that its pace, and the time that is left, are those of this process.
    if (step < numSteps) progress.start(phase, numSteps - step);
  };
  for await (const event of events) {
    if (event.type === 'warning') say(`warning: ${event.message}`);
    else if (event.type === 'begun') start(0);
    else if (event.type === 'resumed') {
      if (event.step < numSteps) say(`going on from step ${event.step} of ${numSteps} (${event.folder})`);
      else say(`the run is finished: step ${event.step} of ${numSteps} (${event.folder})${hint}`);
      start(event.step);
    } else {
      last = event.step;
      if (event.type === 'step' || event.type === 'stopped') loss = ` · loss ${event.lossBits.toFixed(3)} bits/dim`;
      if (event.type === 'evaluated' && event.values['boundBits'] !== undefined)
        bound = ` · bound ${event.values['boundBits'].toFixed(3)} on ${evaluated}`;
      progress.update(last - begun, `step ${last} of ${numSteps}${loss}${bound}${pace(last - begun, started)}`);
    }
  }
  if (begun < numSteps) progress.finish(`${last < numSteps ? 'stopped at ' : ''}step ${last} of ${numSteps}${loss}${bound}`);
}

/** Steps a second of this process so far, and the memory that it holds. */
function pace(steps: number, started: number): string {
  const perSecond = (1000 * steps) / (performance.now() - started);
  return ` · ${perSecond.toPrecision(3)} steps/s · ${(process.memoryUsage.rss() / 1e9).toFixed(2)} GB`;
}
