import { join } from 'node:path';
import { D3pmError, type Prediction, type TrainableDenoiser } from '@d3pm/core';
import { readMetrics } from './read-metrics.ts';
import type { TrainRunOptions } from './train-run-options.ts';

/** Names that a line of metrics has already. */
const TAKEN = ['kind', 'step'];

/** Whether a step is one that is evaluated. */
export function isEvaluationDue<P extends Prediction>(step: number, options: TrainRunOptions<P>): boolean {
  const { evaluate, numSteps, eventEvery = 50, saveEvery = 20 * eventEvery, evaluateEvery = saveEvery } = options;
  return evaluate !== undefined && (step % evaluateEvery === 0 || step === numSteps);
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
  if (!isEvaluationDue(step, options)) return false;
  const records = await readMetrics(join(folder, 'metrics.jsonl')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  return !records.some((record) => record.step === step && record['kind'] === 'evaluation');
}

/** Evaluates the model as it is now. @throws {D3pmError} `INVALID_OPTIONS` for what is no number, or has the name of something else. */
export async function evaluateRun<P extends Prediction>(
  folder: string,
  model: TrainableDenoiser<P>,
  { step, options }: { readonly step: number; readonly options: TrainRunOptions<P> },
): Promise<Readonly<Record<string, number>>> {
  const { evaluate, rng, scoreBy } = options;
  const values = await evaluate!({ step, model, rng: rng.split('evaluation'), samplesFolder: join(folder, 'samples') });
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
