import { cosineSchedule } from './cosine.ts';
import { fromArraySchedule, fromArrayVarianceSchedule } from './from-array.ts';
import { inverseRemainingSchedule } from './inverse-remaining.ts';
import { linearSchedule, linearVarianceSchedule } from './linear.ts';

/** Every schedule of this package. */
export const builtinSchedules: readonly [
  typeof linearSchedule,
  typeof linearVarianceSchedule,
  typeof cosineSchedule,
  typeof inverseRemainingSchedule,
  typeof fromArraySchedule,
  typeof fromArrayVarianceSchedule,
] = [linearSchedule, linearVarianceSchedule, cosineSchedule, inverseRemainingSchedule, fromArraySchedule, fromArrayVarianceSchedule];
