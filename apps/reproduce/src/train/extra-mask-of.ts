import type { NoiseSchedule } from '@d3pm/core';
import type { NamedConfig } from '../config/train-config.ts';
import type { Registries } from '../plugins/registries.ts';

/** The mask of a family over `numStates` states that data never shows, as a process of one step says it: before there is a schedule. */
export function extraMaskOf(
  transition: NamedConfig,
  numStates: number,
  { transitions }: Pick<Registries, 'transitions'>,
): number | undefined {
  const { unit } = transitions.find(transition.name);
  const schedule: NoiseSchedule = { unit, numSteps: 1, noise: Float64Array.of(1) };
  const made = transitions.fromConfig(transition, { numStates, schedule });
  made.dispose();
  return made.extraMask;
}
