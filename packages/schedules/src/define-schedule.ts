import type { NoiseUnit, SchedulePlugin } from '@d3pm/core';

/** A schedule plugin of this specification; infers its types and registers nothing. */
export function defineSchedule<const N extends string, O, const U extends NoiseUnit>(
  definition: Omit<SchedulePlugin<N, O, U>, 'kind' | 'specVersion'>,
): SchedulePlugin<N, O, U> {
  return Object.freeze({ specVersion: 1, kind: 'schedule', ...definition } as const);
}
