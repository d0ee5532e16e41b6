import type { Prediction, TrainableDenoiser } from '@d3pm/core';
import { parameterLayout } from '../../parameter-layout.ts';
import { train } from '../../train.ts';
import { trainOptionsOf } from '../../train-options.ts';
import { disposeState, type TrainerState } from '../../trainer-state.ts';
import { createCheckpointKeeper, findRun, type CheckpointKeeper } from './checkpoint-keeper.ts';
import { evaluateRun, evaluationOf, evaluationPeriod, isEvaluationDue, isEvaluationMissing } from './evaluate-run.ts';
import { workWhileOthersWait } from './group/leader-at-work.ts';
import type { StartOfRun } from './group/start-of-run.ts';
import { loadState } from './load-state.ts';
import { openRunFolder, type RunFolder } from './open-run-folder.ts';
import { resumedState } from './resumed-state.ts';
import { openRunRecords, type RunRecords } from './run-records.ts';
import type { TrainRunEvent } from './train-run-event.ts';
import type { TrainRunOptions } from './train-run-options.ts';

type Events = AsyncGenerator<TrainRunEvent, void, undefined>;

/** The run of the process that has the folder; `tell` is told where it stands before anything is trained. */
export async function* leadRun<P extends Prediction>(
  model: TrainableDenoiser<P>,
  options: TrainRunOptions<P>,
  tell: (start: StartOfRun) => Promise<void>,
): Events {
  const folder = await openRunFolder(options.folder);
  try {
    const { checkpoint, warnings: found, history } = await findRun(folder.path, options);
    const layout = parameterLayout(model.parameters);
    const resumed = checkpoint && resumedState(layout, checkpoint, options);
    const state = resumed?.state;
    const warnings = [...found, ...(resumed?.warnings ?? [])];
    try {
      const isMissing = checkpoint !== undefined && (await isEvaluationMissing(folder.path, checkpoint.step, options));
      const lateScore = checkpoint && checkpoint.score === undefined ? await scoreBefore(folder.path, checkpoint.step, options) : undefined;
      const isFinished = checkpoint !== undefined && checkpoint.step >= options.numSteps && !isMissing && lateScore === undefined;
      const evaluateEvery = evaluationPeriod(options);
      const start: StartOfRun = {
        isFinished,
        ...(evaluateEvery !== undefined && { evaluateEvery }),
        ...(state && { state, folder: checkpoint!.folder, isEvaluationMissing: isMissing }),
      };
      if (isFinished) {
        await tell(start);
        yield* warnings.map((message) => ({ type: 'warning', message }) as const);
        await loadState(model, options, state!);
        yield { type: 'resumed', step: checkpoint.step, folder: checkpoint.folder };
        return;
      }
      const records = await openRunRecords(folder.path, { step: checkpoint?.step ?? 0, now: options.now });
      await tell(start);
      const keeper = createCheckpointKeeper({ folder: folder.path, layout, options, records, history, lastStep: checkpoint?.step });
      const run: Run<P> = { folder, model, options, records, keeper };
      yield* recorded(run, async function* () {
        yield* warnAll(records, warnings);
        yield checkpoint ? { type: 'resumed', step: checkpoint.step, folder: checkpoint.folder } : { type: 'begun', step: 0 };
        if (isMissing) yield* evaluateLate(run, state!);
        if (lateScore !== undefined) yield { type: 'saved', step: state!.step, folder: await keeper.save(state!, lateScore) };
        yield* steps(run, state);
      });
    } finally {
      if (state) disposeState(state);
    }
  } finally {
    await folder.release();
  }
}

interface Run<P extends Prediction> {
  readonly folder: RunFolder;
  readonly model: TrainableDenoiser<P>;
  readonly options: TrainRunOptions<P>;
  readonly records: RunRecords;
  readonly keeper: CheckpointKeeper;
}

function isStopped<P extends Prediction>({ folder, options }: Run<P>): boolean {
  return folder.lost.aborted || options.signal?.aborted === true;
}

function signalOf<P extends Prediction>(run: Run<P>): { readonly aborted: boolean } {
  return {
    get aborted() {
      return isStopped(run);
    },
  };
}

async function* steps<P extends Prediction>(run: Run<P>, state: TrainerState | undefined): Events {
  const { folder, model, options, records, keeper } = run;
  const { numSteps, eventEvery = 50 } = options;
  const signal = signalOf(run);
  for await (const { state: current, stopping = false, ...event } of train(model, {
    ...trainOptionsOf(options),
    ...(state && { state }),
    signal,
  })) {
    const { step } = event;
    const isStopping = (): boolean => stopping || isStopped(run);
    await folder.assertHeld();
    const isEvent = step % eventEvery === 0 || step === numSteps;
    const eventBefore = step - 1 - ((step - 1) % eventEvery);
    const told = { ...event, ...(isEvent && { skipped: (current.skipped ?? []).filter((at) => at > eventBefore) }) };
    // Outside of what saves on the way: no checkpoint is of a step that the metrics lack.
    if (isEvent) await records.step(told);
    let score: number | undefined;
    yield* savedOnTheWay(
      async function* () {
        yield* warnAll(records, event.skipped.map(leftOut));
        yield { ...told, type: isEvent ? 'step' : 'stopped' };
        const save = async (): Promise<TrainRunEvent> => {
          await folder.assertHeld();
          return { type: 'saved', step, folder: await keeper.save(current, score) };
        };
        if (isEvent && isEvaluationDue(step, options)) {
          // First what an evaluation that takes long, or does not end, must not lose.
          if (isSaveStep(step, options)) yield await save();
          // Of a run that is being stopped it can wait: the one that goes on begins with it.
          const values = await workWhileOthersWait(options.group, async () => (isStopping() ? undefined : evaluate(run, step)));
          score = values && scoreOf(values, options);
          if (values) yield { type: 'evaluated', step, values };
        }
        if ((isSaveStep(step, options) || isStopping()) && !keeper.hasTried(step, score)) yield await save();
      },
      async () => {
        if (keeper.hasTried(step, score)) return;
        await folder.assertHeld();
        await keeper.save(current, score);
      },
    );
  }
  folder.lost.throwIfAborted();
}

/** What was to be evaluated when the run was stopped. */
async function* evaluateLate<P extends Prediction>(run: Run<P>, state: TrainerState): Events {
  const { model, options, keeper } = run;
  const { step } = state;
  await loadState(model, options, state);
  const values = await workWhileOthersWait(options.group, async () => (isStopped(run) ? undefined : evaluate(run, step)));
  if (values === undefined) return;
  const score = scoreOf(values, options);
  // Before the events, after which the caller may leave: this evaluation is not made again.
  const saved = score !== undefined && isSaveStep(step, options) ? await keeper.save(state, score) : undefined;
  yield { type: 'evaluated', step, values };
  if (saved !== undefined) yield { type: 'saved', step, folder: saved };
}

/** Whether a checkpoint of a step is saved whatever happens. */
function isSaveStep<P extends Prediction>(
  step: number,
  { numSteps, eventEvery = 50, saveEvery = 20 * eventEvery }: TrainRunOptions<P>,
): boolean {
  return step % saveEvery === 0 || step === numSteps;
}

/** The score of an evaluation that was written down, before the checkpoint was saved with it; undefined where none belongs to that step. */
async function scoreBefore<P extends Prediction>(folder: string, step: number, options: TrainRunOptions<P>): Promise<number | undefined> {
  const isScored = isSaveStep(step, options) && isEvaluationDue(step, options);
  const evaluation = isScored ? await evaluationOf(folder, step) : undefined;
  return evaluation && scoreOf(evaluation as Readonly<Record<string, number>>, options);
}

/** Undefined when the run was stopped meanwhile. */
async function evaluate<P extends Prediction>(run: Run<P>, step: number): Promise<Readonly<Record<string, number>> | undefined> {
  const { folder, model, options, records } = run;
  await folder.assertHeld(); // samples are files as well
  const values = await evaluateRun(folder.path, model, { step, options, signal: signalOf(run) });
  await folder.assertHeld();
  if (values) await records.evaluation(step, values);
  return values;
}

/** The events of `work`; `save` when it does not come to its end, by an error or because the caller leaves. */
async function* savedOnTheWay(work: () => Events, save: () => Promise<void>): Events {
  let isOpen = true;
  try {
    yield* work();
    isOpen = false;
  } catch (error) {
    isOpen = false;
    await save().catch(() => undefined); // the first error is the one to tell
    throw error;
  } finally {
    if (isOpen) await save();
  }
}

/** The events of `work`, and how it ended in the log. */
async function* recorded<P extends Prediction>({ folder, options, records, keeper }: Run<P>, work: () => Events): Events {
  const isLast = (): boolean => keeper.lastStep !== undefined && keeper.lastStep >= options.numSteps;
  let ending = 'left by its caller';
  let isFailed = false;
  try {
    yield* work();
    const isDone = (isLast() || options.numSteps === 0) && !(await isEvaluationMissing(folder.path, options.numSteps, options));
    ending = isDone ? 'finished' : 'stopped';
  } catch (error) {
    isFailed = true;
    ending = `ended by an error: ${error instanceof Error ? error.message : String(error)}`;
    throw error;
  } finally {
    const closing = close(records, folder.lost.aborted ? undefined : ending);
    await (isFailed ? closing.catch(() => undefined) : closing); // the first error is the one to tell
  }
}

async function close(records: RunRecords, ending: string | undefined): Promise<void> {
  try {
    if (ending !== undefined) await records.log(ending);
  } finally {
    await records.close();
  }
}

const leftOut = (step: number): string => `the update of step ${step} is left out: its loss or gradient is not finite`;

async function* warnAll(records: RunRecords, messages: readonly string[]): Events {
  for (const message of messages) {
    await records.log(`warning: ${message}`);
    yield { type: 'warning', message };
  }
}

function scoreOf<P extends Prediction>(
  values: Readonly<Record<string, number>>,
  { scoreBy, keepBest = 0 }: Pick<TrainRunOptions<P>, 'keepBest' | 'scoreBy'>,
): number | undefined {
  // A score that nothing goes by is not worth a second writing of the checkpoint.
  const score = scoreBy === undefined || keepBest === 0 ? undefined : values[scoreBy];
  return Number.isFinite(score) ? score : undefined;
}
