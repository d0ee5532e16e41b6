import { D3pmError } from './errors.ts';
import type { NoiseSchedule, NoiseUnit } from './schedule.ts';

const EXPECTED: Readonly<Record<NoiseUnit, string>> = {
  'jump-probability': 'a probability in [0, 1]',
  rate: 'a number ≥ 0 (∞ for the limit)',
  variance: 'a finite number ≥ 0',
};

/**
 * Throws unless `schedule` is one of the unit that is needed, with T ≥ 1 values that fit it.
 *
 * @throws {D3pmError} `UNIT` for another unit, or one that does not exist; `INVALID_SCHEDULE` for T < 1, a T that is
 * not the number of values, or the first β that does not fit the unit.
 */
export function assertSchedule<U extends NoiseUnit>(
  caller: string,
  unit: U,
  schedule: NoiseSchedule,
): asserts schedule is NoiseSchedule<U> {
  if (!Object.hasOwn(EXPECTED, unit)) {
    throw new D3pmError('UNIT', `${caller}: unit is "${String(unit)}", expected one of ${Object.keys(EXPECTED).join(', ')}`);
  }
  if (schedule.unit !== unit) {
    throw new D3pmError('UNIT', `${caller}: the schedule is a ${schedule.unit}, expected a ${unit}; make one whose unit is '${unit}'`);
  }
  const { numSteps, noise } = schedule;
  if (!Number.isInteger(numSteps) || numSteps < 1 || noise.length !== numSteps) {
    throw new D3pmError(
      'INVALID_SCHEDULE',
      `${caller}: the schedule has numSteps ${numSteps} and ${noise.length} values, expected as many and at least 1`,
    );
  }
  const most = unit === 'jump-probability' ? 1 : unit === 'rate' ? Infinity : Number.MAX_VALUE;
  const wrong = noise.findIndex((beta) => !(beta >= 0 && beta <= most));
  if (wrong >= 0) {
    throw new D3pmError(
      'INVALID_SCHEDULE',
      `${caller}: β of step ${wrong + 1} is ${noise[wrong]}, expected ${EXPECTED[unit]} (unit ${unit})`,
    );
  }
}
