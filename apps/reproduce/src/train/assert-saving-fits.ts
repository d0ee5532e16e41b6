import { D3pmError, type Dataset } from '@d3pm/core';
import type { TrainConfig } from '../config/train-config.ts';

/**
 * Asks of a config, by the names that it has there, what a run would ask of its own options.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for saving or evaluating at steps that are no events, and for the best of checkpoints that have no bound.
 */
export function assertSavingFits(
  { saving, evaluation, training }: Pick<TrainConfig, 'evaluation' | 'saving' | 'training'>,
  { evaluated }: { readonly evaluated: Dataset | undefined },
): void {
  const { eventEvery } = training;
  for (const [name, every] of Object.entries({ 'saving.every': saving.every, 'evaluation.every': evaluation.every })) {
    if (every === undefined || every % eventEvery === 0) continue;
    throw refused(`${name} is ${every}, expected a multiple of training.eventEvery, which is ${eventEvery}`);
  }
  if (saving.keepBest === 0 || (evaluated && evaluation.testExamples > 0)) return;
  const reason = evaluated ? 'evaluation.testExamples is 0; raise it' : 'the data has no held-out examples; leave it out';
  throw refused(`saving.keepBest is ${saving.keepBest}, and there is no bound to go by: ${reason}`);
}

function refused(problem: string): D3pmError {
  return new D3pmError('INVALID_OPTIONS', `train: ${problem}`);
}
