import { assertNoiseUnit, assertPlugin, type NoiseUnit, type SchedulePlugin } from '@d3pm/core';

/**
 * A schedule plugin of this specification; infers its types, parses options before `create` sees them, and
 * registers nothing.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a malformed name, `UNIT` for a unit that does not exist.
 */
export function defineSchedule<const N extends string, O, const U extends NoiseUnit>(
  definition: Omit<SchedulePlugin<N, O, U>, 'kind' | 'specVersion'>,
): SchedulePlugin<N, O, U> {
  const { name, unit } = definition;
  assertPlugin({ specVersion: 1, kind: 'schedule', name }, 'schedule');
  assertNoiseUnit('defineSchedule', name, unit);
  return Object.freeze({
    specVersion: 1,
    kind: 'schedule',
    ...definition,
    create: (numSteps: number, options: O) => definition.create(numSteps, definition.parse(options)),
  } as const);
}
