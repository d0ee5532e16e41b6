import { cosineSchedule } from './cosine.ts';
import { fromArrayRateSchedule, fromArraySchedule, fromArrayVarianceSchedule } from './from-array.ts';
import { inverseRemainingSchedule } from './inverse-remaining.ts';
import { linearRateSchedule, linearSchedule, linearVarianceSchedule } from './linear.ts';

/** Every schedule of this package. */
export const builtinSchedules: readonly [
  typeof linearSchedule,
  typeof linearVarianceSchedule,
  typeof linearRateSchedule,
  typeof cosineSchedule,
  typeof inverseRemainingSchedule,
  typeof fromArraySchedule,
  typeof fromArrayVarianceSchedule,
  typeof fromArrayRateSchedule,
] = [
  linearSchedule,
  linearVarianceSchedule,
  linearRateSchedule,
  cosineSchedule,
  inverseRemainingSchedule,
  fromArraySchedule,
  fromArrayVarianceSchedule,
  fromArrayRateSchedule,
];
