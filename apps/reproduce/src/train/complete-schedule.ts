import type { AnyTransitionPlugin, Dataset, Registry } from '@d3pm/core';
import type { NamedConfig, TrainConfig } from '../config/train-config.ts';
import { dataLaw } from './data-law.ts';

/**
 * The schedule of a config with what it need not say because the config says it elsewhere: a mutual-information schedule is of the
 * config's own transition, its K, and the unigram law of its training data.
 */
export function completeSchedule(
  { schedule, transition }: Pick<TrainConfig, 'schedule' | 'transition'>,
  { data, plugins, numStates, extraMask }: CompleteScheduleInput,
): NamedConfig & { readonly numSteps: number } {
  if (!isOfTheData(schedule)) return schedule;
  const { unit } = plugins.find(transition.name);
  const suffix = unit === 'jump-probability' ? '' : `-${String(unit)}`;
  return { transition, numStates, dataLaw: [...dataLaw(data, { numStates, extraMask })], ...schedule, name: `mutual-information${suffix}` };
}

export interface CompleteScheduleInput {
  readonly data: Dataset;
  readonly plugins: Pick<Registry<AnyTransitionPlugin>, 'find'>;
  /** K of the chain, the mask counted. */
  readonly numStates: number;
  readonly extraMask?: number | undefined;
}

/** Whether a schedule is made for the law of its data. */
export function isOfTheData({ name }: NamedConfig): boolean {
  return name.startsWith('mutual-information');
}
