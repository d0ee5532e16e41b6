import type { Plugin } from './plugin.ts';
import type { NoiseSchedule, NoiseUnit } from './schedule.ts';

/** A named schedule: what a config calls `schedule: { name, numSteps, … }`. */
export interface SchedulePlugin<N extends string, O, U extends NoiseUnit> extends Plugin<'schedule', N> {
  readonly unit: U;
  /** @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
  parse(options: unknown): O;
  create(numSteps: number, options: O): NoiseSchedule<U>;
}
