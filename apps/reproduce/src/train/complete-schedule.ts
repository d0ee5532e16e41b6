import { createRng, type AnyTransitionPlugin, type Dataset, type Registry } from '@d3pm/core';
import type { NamedConfig, TrainConfig } from '../config/train-config.ts';

/** Examples that are counted, evenly spaced over the data: with 256 characters each a law right to 5e-4, and to 3 % of a probability of 1e-3. */
const COUNTED = 4096;

/**
 * The schedule of a config with what it need not say because the config says it elsewhere: a mutual-information schedule is of the
 * config's own transition, its K, and the unigram law of its training data.
 */
export function completeSchedule(
  { schedule, transition }: Pick<TrainConfig, 'schedule' | 'transition'>,
  { data, plugins, numStates, extraMask }: CompleteScheduleInput,
): NamedConfig & { readonly numSteps: number } {
  if (!schedule.name.startsWith('mutual-information')) return schedule;
  const { unit } = plugins.find(transition.name);
  const suffix = unit === 'jump-probability' ? '' : `-${String(unit)}`;
  const law = unigramLaw(data);
  let next = 0;
  const dataLaw = Array.from({ length: numStates }, (_, state) => (state === extraMask ? 0 : law[next++]!));
  return { transition, numStates, dataLaw, ...schedule, name: `mutual-information${suffix}` };
}

export interface CompleteScheduleInput {
  readonly data: Dataset;
  readonly plugins: Pick<Registry<AnyTransitionPlugin>, 'find'>;
  /** K of the chain, the mask counted. */
  readonly numStates: number;
  readonly extraMask?: number | undefined;
}

/** How often each state is in the data; float64 `[numStates]`, sums to 1. */
function unigramLaw(data: Dataset): Float64Array {
  const counts = new Float64Array(data.numStates);
  const numExamples = Math.min(data.size, COUNTED);
  const indices = Array.from({ length: numExamples }, (_, i) => Math.floor((i * data.size) / numExamples));
  const { values } = data.examples(indices, createRng('unigram law'));
  for (const state of values) counts[state]! += 1;
  return counts.map((count) => count / values.length);
}
