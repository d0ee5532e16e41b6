import type { NoiseSchedule } from '@d3pm/core';
import { cosine, inverseRemaining, linear, mutualInformation } from '@d3pm/schedules';
import type { Choices } from '../choices/choices.ts';
import type { Family } from './family-of.ts';

export interface ScheduleSetting {
  readonly family: Family;
  /** K, a mask counted. */
  readonly numStates: number;
  readonly dataLaw: Float64Array;
}

/**
 * The schedule of the choices, for the family: linear in its unit, or by what it leaves of x_0. Cosine and inverse-remaining are jump
 * probabilities whatever the family is, which refuses what is not its unit.
 *
 * @throws {D3pmError} `INVALID_SCHEDULE`, or what the mutual-information schedule throws.
 */
export function scheduleOf(
  { schedule, steps, start, stop }: Pick<Choices, 'schedule' | 'start' | 'steps' | 'stop'>,
  { family: { plugin, options }, numStates, dataLaw }: ScheduleSetting,
): NoiseSchedule {
  switch (schedule) {
    case 'linear':
      return linear({ numSteps: steps, start, stop, unit: plugin.unit });
    case 'cosine':
      return cosine({ numSteps: steps });
    case 'inverse-remaining':
      return inverseRemaining({ numSteps: steps });
    case 'mutual-information':
      return mutualInformation({ numSteps: steps, transition: plugin, options, numStates, dataLaw });
  }
}
