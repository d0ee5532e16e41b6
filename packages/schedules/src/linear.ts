import { D3pmError, type NoiseSchedule, type NoiseUnit, type SchedulePlugin } from '@d3pm/core';
import { assertNumSteps, checkedSchedule } from './checked-schedule.ts';
import { defineSchedule } from './define-schedule.ts';
import { parseNumbers } from './parse-options.ts';

export interface LinearOptions {
  /** β_1 */
  readonly start: number;
  /** β_T */
  readonly stop: number;
}

/**
 * T values from β_1 = `start` to β_T = `stop`, both included: β_t = start + (stop − start)(t − 1)/(T − 1).
 *
 * Section 3.2: images use 1e-4 → 0.02 as a *variance* (Gaussian) and 0.02 → 1 as a jump probability
 * (uniform), T = 1000. At T = 1 the one value is `start`.
 *
 * `unit` says what β measures: a jump probability unless said otherwise.
 *
 * @throws {D3pmError} `INVALID_SCHEDULE` for a T below 1 or a β outside its unit.
 */
export function linear<U extends NoiseUnit = 'jump-probability'>({
  numSteps,
  start,
  stop,
  unit = 'jump-probability' as U,
}: LinearOptions & { readonly numSteps: number; readonly unit?: U }): NoiseSchedule<U> {
  assertNumSteps('linear', numSteps);
  for (const [field, value] of Object.entries({ start, stop })) {
    if (!Number.isFinite(value)) throw new D3pmError('INVALID_SCHEDULE', `linear: ${field} is ${String(value)}, expected a number`);
  }
  const noise = Float64Array.from({ length: numSteps }, (_, i) =>
    i === 0 ? start : i === numSteps - 1 ? stop : start + (stop - start) * (i / (numSteps - 1)),
  );
  return checkedSchedule('linear', unit, noise);
}

/** `linear` of jump probabilities, for configs. */
export const linearSchedule: SchedulePlugin<'linear', LinearOptions, 'jump-probability'> = /* @__PURE__ */ defineSchedule({
  name: 'linear',
  unit: 'jump-probability',
  parse: (options) => parseNumbers('linear', options, ['start', 'stop']),
  create: (numSteps, options) => linear({ numSteps, ...options }),
});

/** `linear` of variances, for configs. */
export const linearVarianceSchedule: SchedulePlugin<'linear-variance', LinearOptions, 'variance'> = /* @__PURE__ */ defineSchedule({
  name: 'linear-variance',
  unit: 'variance',
  parse: (options) => parseNumbers('linear-variance', options, ['start', 'stop']),
  create: (numSteps, options) => linear({ numSteps, ...options, unit: 'variance' }),
});

/** `linear` of rates, for configs. */
export const linearRateSchedule: SchedulePlugin<'linear-rate', LinearOptions, 'rate'> = /* @__PURE__ */ defineSchedule({
  name: 'linear-rate',
  unit: 'rate',
  parse: (options) => parseNumbers('linear-rate', options, ['start', 'stop']),
  create: (numSteps, options) => linear({ numSteps, ...options, unit: 'rate' }),
});
