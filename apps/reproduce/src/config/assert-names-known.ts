import { registriesOf } from '../plugins/registries.ts';
import type { TrainConfig } from './train-config.ts';

/**
 * Throws where a config names what does not come with the program. It runs no code of others: a name with an owner, and every name of a config that
 * lists plugins, is left to who trains it.
 *
 * @throws {D3pmError} `UNKNOWN_NAME` with the nearest name.
 */
export async function assertNamesKnown({ plugins = [], data, model, schedule, transition }: TrainConfig): Promise<void> {
  if (plugins.length > 0) return;
  const { datasets, models, schedules, transitions } = await registriesOf({});
  const named = [
    [datasets, data],
    [transitions, transition],
    [schedules, schedule],
    [models, model],
  ] as const;
  for (const [registry, { name }] of named) if (!name.includes('/')) registry.find(name);
}
