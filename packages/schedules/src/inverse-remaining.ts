import { assertOptionNames, type NoiseSchedule, type NoOptions, type SchedulePlugin } from '@d3pm/core';
import { assertNumSteps, checkedSchedule } from './checked-schedule.ts';
import { defineSchedule } from './define-schedule.ts';

/**
 * β_t = (T − t + 1)⁻¹, so that ᾱ_t = 1 − t/T and β_T = 1: the schedule of Section 3.2 for absorbing noise,
 * where it makes the mutual information fall linearly (A.7; Sohl-Dickstein et al., 2015).
 *
 * @throws {D3pmError} `INVALID_SCHEDULE` for a T below 1.
 */
export function inverseRemaining({ numSteps }: { readonly numSteps: number }): NoiseSchedule<'jump-probability'> {
  assertNumSteps('inverseRemaining', numSteps);
  return checkedSchedule(
    'inverseRemaining',
    'jump-probability',
    Float64Array.from({ length: numSteps }, (_, i) => 1 / (numSteps - i)),
  );
}

/** {@link inverseRemaining}, for configs. */
export const inverseRemainingSchedule: SchedulePlugin<'inverse-remaining', NoOptions, 'jump-probability'> = /* @__PURE__ */ defineSchedule({
  name: 'inverse-remaining',
  unit: 'jump-probability',
  parse: (options) => assertOptionNames('inverse-remaining', options, []),
  create: (numSteps) => inverseRemaining({ numSteps }),
});
