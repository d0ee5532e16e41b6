import { assertInteger, assertSchedule, type NoiseUnit, type TransitionSetting } from '@d3pm/core';

/**
 * Throws unless `setting` has K ≥ 2 states and a schedule of the unit that a family works with.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for K, and what `assertSchedule` throws.
 */
export function assertSetting<U extends NoiseUnit>(
  name: string,
  unit: U,
  setting: TransitionSetting,
): asserts setting is TransitionSetting<U> {
  assertInteger(name, 'numStates', setting.numStates, 2);
  assertSchedule(name, unit, setting.schedule);
}
