import { join } from 'node:path';
import { D3pmError, type Prediction, type TrainableDenoiser } from '@d3pm/core';
import { readMetrics } from './read-metrics.ts';
import type { TrainRunOptions } from './train-run-options.ts';

/** Names that a line of metrics has already. */
const TAKEN = ['kind', 'step'];

/** Steps from one evaluation to the next; undefined where there is none. */
export function evaluationPeriod<P extends Prediction>(options: TrainRunOptions<P>): number | undefined {
  const { evaluate, eventEvery = 50, saveEvery = 20 * eventEvery, evaluateEvery = saveEvery } = options;
  return evaluate && evaluateEvery;
}

interface EvaluationSteps {
  readonly numSteps: number;
  readonly every: number | undefined;
}

/** Whether a step is one of those, or the last one. */
export function isEvaluationStep(step: number, { numSteps, every }: EvaluationSteps): boolean {
  return every !== undefined && (step % every === 0 || step === numSteps);
}

/** Whether a step is one that is evaluated. */
export function isEvaluationDue<P extends Prediction>(step: number, options: TrainRunOptions<P>): boolean {
  return isEvaluationStep(step, { numSteps: options.numSteps, every: evaluationPeriod(options) });
}

/**
 * Whether the evaluation of a checkpoint's step is still to be made, as it is after a run that was stopped between the two.
 *
 * @throws {D3pmError} `INVALID_DATA` for metrics that are damaged.
 */
export async function isEvaluationMissing<P extends Prediction>(
  folder: string,
  step: number,
  options: TrainRunOptions<P>,
): Promise<boolean> {
  return isEvaluationDue(step, options) && (await evaluationOf(folder, step)) === undefined;
}

/** What the metrics of a run say of the evaluation of a step; undefined where it was not made. @throws {D3pmError} `INVALID_DATA` for metrics that are damaged. */
export async function evaluationOf(folder: string, step: number): Promise<Readonly<Record<string, unknown>> | undefined> {
  const records = await readMetrics(join(folder, 'metrics.jsonl')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  return records.find((record) => record.step === step && record['kind'] === 'evaluation');
}

export interface EvaluateRunInput<P extends Prediction> {
  readonly step: number;
  readonly options: TrainRunOptions<P>;
  /** Of the run, which is also stopped when its folder is taken. */
  readonly signal: { readonly aborted: boolean };
}

/**
 * Evaluates the model as it is now; undefined when it was stopped by `signal`.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for what is no number, has the name of something else, or for undefined where nothing was to stop.
 */
export async function evaluateRun<P extends Prediction>(
  folder: string,
  model: TrainableDenoiser<P>,
  { step, options, signal }: EvaluateRunInput<P>,
): Promise<Readonly<Record<string, number>> | undefined> {
  const { evaluate, rng, scoreBy } = options;
  const values = await evaluate!({ step, model, rng: rng.split('evaluation'), samplesFolder: join(folder, 'samples'), signal });
  if (values === undefined && signal.aborted) return undefined;
  if (values === undefined)
    throw new D3pmError('INVALID_OPTIONS', 'trainRun: evaluate gave undefined without being stopped, expected numbers by name');
  const names = Object.keys(values);
  const bad = names.find((name) => TAKEN.includes(name) || typeof values[name] !== 'number');
  if (bad !== undefined) {
    const problem = TAKEN.includes(bad) ? 'a name that metrics have already' : `${typeof values[bad]}, expected a number`;
    throw new D3pmError('INVALID_OPTIONS', `trainRun: evaluate gave ${JSON.stringify(bad)}: ${problem}`);
  }
  if (scoreBy !== undefined && !names.includes(scoreBy)) {
    throw new D3pmError('INVALID_OPTIONS', `trainRun: scoreBy is "${scoreBy}", evaluate gave ${names.join(', ') || 'nothing'}`);
  }
  return values;
}
