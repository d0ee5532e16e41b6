import { assertInteger, D3pmError, type NoiseUnit, type TransitionSetting } from '@d3pm/core';

/**
 * Throws unless `setting` has K ≥ 2 states and a schedule of the unit a family works with.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for K, `UNIT` for a schedule of another unit, `INVALID_SCHEDULE` for
 * T < 1, a T that is not the number of values, or the first β that does not fit the unit.
 */
export function assertSetting<U extends NoiseUnit>(
  name: string,
  unit: U,
  setting: TransitionSetting,
): asserts setting is TransitionSetting<U> {
  const { numStates, schedule } = setting;
  assertInteger(name, 'numStates', numStates, 2);
  if (schedule.unit !== unit) {
    throw new D3pmError('UNIT', `${name}: the schedule is a ${schedule.unit}, expected a ${unit}; make one whose unit is '${unit}'`);
  }
  const { numSteps, noise } = schedule;
  if (!Number.isInteger(numSteps) || numSteps < 1 || noise.length !== numSteps) {
    throw new D3pmError(
      'INVALID_SCHEDULE',
      `${name}: the schedule has numSteps ${numSteps} and ${noise.length} values, expected as many and at least 1`,
    );
  }
  const most = unit === 'jump-probability' ? 1 : Number.MAX_VALUE;
  const wrong = noise.findIndex((beta) => !(beta >= 0 && beta <= most));
  if (wrong >= 0) {
    throw new D3pmError(
      'INVALID_SCHEDULE',
      `${name}: β of step ${wrong + 1} is ${noise[wrong]}, expected ${unit === 'jump-probability' ? 'a probability in [0, 1]' : 'a finite number ≥ 0'}`,
    );
  }
}
