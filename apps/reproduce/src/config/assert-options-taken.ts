import { registriesOf } from '../plugins/registries.ts';
import { isOfTheData } from '../train/complete-schedule.ts';
import { completeTransition } from '../train/complete-transition.ts';
import type { NamedConfig, TrainConfig } from './train-config.ts';

/** In place of what training knows of its data and its family. */
const OF_THE_DATA = { transition: { name: 'uniform' }, numStates: 2, dataLaw: [0.5, 0.5] };

/**
 * Throws where a config names what does not come with the program, or gives it options that it does not take. It runs no code of others: a name with
 * an owner, and every name of a config that lists plugins, is left to who trains it.
 *
 * @throws {D3pmError} `UNKNOWN_NAME` with the nearest name; `INVALID_OPTIONS` for an option, with the nearest that there is or what is expected; what
 *   reading embeddings throws.
 */
export async function assertOptionsTaken({ plugins = [], data, model, schedule, transition }: TrainConfig): Promise<void> {
  if (plugins.length > 0) return;
  const { datasets, models, schedules, transitions } = await registriesOf({});
  const { numSteps: _, ...noise } = schedule;
  const named: readonly (readonly [{ find(name: string): { parse(options: unknown): unknown } }, NamedConfig])[] = [
    [datasets, data],
    [transitions, await completeTransition(transition)],
    [schedules, isOfTheData(noise) ? { ...OF_THE_DATA, ...noise } : noise],
    [models, model],
  ];
  for (const [registry, { name, ...options }] of named) if (!name.includes('/')) registry.find(name).parse(options);
}
