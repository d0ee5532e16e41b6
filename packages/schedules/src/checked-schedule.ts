import { assertSchedule, D3pmError, type NoiseSchedule, type NoiseUnit } from '@d3pm/core';

/** Throws `INVALID_SCHEDULE` unless `numSteps` is an integer T ≥ 1. */
export function assertNumSteps(caller: string, numSteps: unknown): asserts numSteps is number {
  if (typeof numSteps !== 'number' || !Number.isInteger(numSteps) || numSteps < 1) {
    throw new D3pmError('INVALID_SCHEDULE', `${caller}: numSteps is ${String(numSteps)}, expected an integer of at least 1`);
  }
}

/** The schedule of β_1 … β_T, frozen, once every value fits its unit. @throws {D3pmError} as `assertSchedule`. */
export function checkedSchedule<U extends NoiseUnit>(caller: string, unit: U, noise: Float64Array): NoiseSchedule<U> {
  assertNumSteps(caller, noise.length);
  const schedule = { unit, numSteps: noise.length, noise };
  assertSchedule(caller, unit, schedule);
  return Object.freeze(schedule);
}
