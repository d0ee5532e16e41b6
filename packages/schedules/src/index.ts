export { builtinSchedules } from './builtin-schedules.ts';
export { cosine, cosineSchedule } from './cosine.ts';
export { defineSchedule } from './define-schedule.ts';
export { fromArray, fromArrayRateSchedule, fromArraySchedule, fromArrayVarianceSchedule, type FromArrayOptions } from './from-array.ts';
export { inverseRemaining, inverseRemainingSchedule } from './inverse-remaining.ts';
export { linear, linearRateSchedule, linearSchedule, linearVarianceSchedule, type LinearOptions } from './linear.ts';
export { mutualInformationSchedules, type MutualInformationConfig } from './mutual-information-schedules.ts';
export { mutualInformation, type FinalStep, type InformationSchedule, type MutualInformationOptions } from './mutual-information.ts';
export {
  createScheduleRegistry,
  type AnySchedulePlugin,
  type ScheduleConfig,
  type ScheduleOptions,
  type ScheduleRegistry,
} from './registry.ts';
