import { D3pmError, type NoiseSchedule, type NoiseUnit } from '@d3pm/core';

const EXPECTED: Readonly<Record<NoiseUnit, string>> = {
  'jump-probability': 'a probability in [0, 1]',
  rate: 'a finite number ≥ 0',
  variance: 'a finite number ≥ 0',
};

/** Throws `INVALID_SCHEDULE` unless `numSteps` is an integer T ≥ 1. */
export function assertNumSteps(caller: string, numSteps: unknown): asserts numSteps is number {
  if (typeof numSteps !== 'number' || !Number.isInteger(numSteps) || numSteps < 1) {
    throw new D3pmError('INVALID_SCHEDULE', `${caller}: numSteps is ${String(numSteps)}, expected an integer of at least 1`);
  }
}

/**
 * The schedule of β_1 … β_T, frozen, once every value fits its unit.
 *
 * @throws {D3pmError} `UNIT` for a unit that does not exist, `INVALID_SCHEDULE` naming the first step that does not fit.
 */
export function checkedSchedule<U extends NoiseUnit>(caller: string, unit: U, noise: Float64Array): NoiseSchedule<U> {
  if (!Object.hasOwn(EXPECTED, unit)) {
    throw new D3pmError('UNIT', `${caller}: unit is "${String(unit)}", expected one of ${Object.keys(EXPECTED).join(', ')}`);
  }
  assertNumSteps(caller, noise.length);
  const most = unit === 'jump-probability' ? 1 : Number.MAX_VALUE;
  const wrong = noise.findIndex((beta) => !(beta >= 0 && beta <= most));
  if (wrong >= 0) {
    throw new D3pmError(
      'INVALID_SCHEDULE',
      `${caller}: β of step ${wrong + 1} is ${noise[wrong]}, expected ${EXPECTED[unit]} (unit ${unit})`,
    );
  }
  return Object.freeze({ unit, numSteps: noise.length, noise });
}
