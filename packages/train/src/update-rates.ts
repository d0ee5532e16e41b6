import { D3pmError } from '@d3pm/core';
import type { TrainOptions } from './train-options.ts';
import type { TrainerState } from './trainer-state.ts';

/** What the schedules say of one update. */
export interface UpdateRates {
  readonly learningRate: number;
  /** Of the moving average; 0 where none is kept. */
  readonly decay: number;
}

type Schedules = Pick<TrainOptions, 'emaDecay' | 'eventEvery' | 'learningRate' | 'whenNonFinite'>;

/**
 * The rates of the next update. A learning rate that is lowered by updates that were left out counts from the next multiple of `eventEvery` on,
 * wherever a run was interrupted.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a schedule that gives a learning rate below 0 or not finite, or a decay outside [0, 1).
 */
export function updateRates(
  { learningRate, emaDecay = 0, whenNonFinite, eventEvery = 50 }: Schedules,
  { step: before, skipped = [] }: Pick<TrainerState, 'skipped' | 'step'>,
): UpdateRates {
  const step = before + 1;
  const rate = typeof learningRate === 'number' ? learningRate : learningRate(step);
  const decay = typeof emaDecay === 'number' ? emaDecay : emaDecay(step);
  if (!(rate >= 0 && rate < Infinity)) throw refused(`learningRate(${step})`, rate, 'a number ≥ 0');
  if (!(decay >= 0 && decay < 1)) throw refused(`emaDecay(${step})`, decay, 'a number in [0, 1)');
  const { rateFactor = 1 } = typeof whenNonFinite === 'object' ? whenNonFinite : {};
  return { learningRate: rate * rateFactor ** skipped.filter((at) => at <= before - (before % eventEvery)).length, decay };
}

function refused(what: string, came: number, expected: string): D3pmError {
  return new D3pmError('INVALID_OPTIONS', `train: ${what} is ${came}, expected ${expected}; correct the schedule for this step`);
}
