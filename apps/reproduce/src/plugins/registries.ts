import type { AnyTransitionPlugin, Plugin, PluginKind } from '@d3pm/core';
import { builtinDatasets, createDatasetRegistry, type AnyDatasetPlugin, type DatasetRegistry } from '@d3pm/data';
import { cifar10Plugin, fashionMnistPlugin, imageFolderPlugin, lm1bPlugin, mnistPlugin, text8Plugin } from '@d3pm/data/node';
import { builtinModels, createModelRegistry, type AnyModelPlugin, type ModelRegistry } from '@d3pm/models';
import {
  builtinSchedules,
  createScheduleRegistry,
  mutualInformationSchedules,
  type AnySchedulePlugin,
  type ScheduleRegistry,
} from '@d3pm/schedules';
import { builtinTransitions, createTransitionRegistry, type TransitionRegistry } from '@d3pm/transitions';
import type { TrainConfig } from '../config/train-config.ts';
import { digitsPlugin } from '../data/digits-plugin.ts';
import { mobyDickPlugin } from '../data/moby-dick-plugin.ts';
import { photographsPlugin } from '../data/photographs-plugin.ts';
import { sotuPiecesPlugin } from '../data/sotu-pieces-plugin.ts';
import { sotuPlugin } from '../data/sotu-plugin.ts';
import { findInstalled } from './find-installed.ts';
import { loadPlugins } from './load-plugins.ts';

/** What the names of a config are looked up in. */
export interface Registries {
  readonly datasets: DatasetRegistry<AnyDatasetPlugin>;
  readonly transitions: TransitionRegistry<AnyTransitionPlugin>;
  readonly schedules: ScheduleRegistry<AnySchedulePlugin>;
  readonly models: ModelRegistry<AnyModelPlugin>;
}

/** What a config names, as far as it does. */
export type NamesPlugins = Pick<TrainConfig, 'plugins'> & Partial<Pick<TrainConfig, 'data' | 'model' | 'schedule' | 'transition'>>;

/**
 * The plugins that come with the program, those of `plugins`, and for names that neither has those of installed packages.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a package or file that cannot be loaded or has no plugin; what `createRegistry` throws.
 */
export async function registriesOf(config: NamesPlugins): Promise<Registries> {
  const listed = await loadPlugins(config.plugins ?? []);
  const known = registriesWith(listed);
  const missing = missingNames(config, known);
  return missing.length === 0 ? known : registriesWith([...listed, ...(await findInstalled(missing))]);
}

const ofFiles: readonly AnyDatasetPlugin[] = [text8Plugin, lm1bPlugin, cifar10Plugin, mnistPlugin, fashionMnistPlugin, imageFolderPlugin];
const ofTheProgram: readonly AnyDatasetPlugin[] = [mobyDickPlugin, sotuPlugin, sotuPiecesPlugin, digitsPlugin, photographsPlugin];

/** A plugin that a config names and that is not known yet. */
export interface MissingPlugin {
  readonly kind: PluginKind;
  readonly name: string;
}

function missingNames({ data, model, schedule, transition }: NamesPlugins, known: Registries): readonly MissingPlugin[] {
  const named = [
    { kind: 'dataset', name: data?.name, names: known.datasets.names },
    { kind: 'model', name: model?.name, names: known.models.names },
    { kind: 'schedule', name: schedule?.name, names: known.schedules.names },
    { kind: 'transition', name: transition?.name, names: known.transitions.names },
  ] as const;
  // Names of others have an owner; without one it is a slip of ours.
  return named.flatMap(({ kind, name, names }) => (name?.includes('/') && !names.includes(name) ? [{ kind, name }] : []));
}

function registriesWith(plugins: readonly Plugin[]): Registries {
  const of = (kind: PluginKind): readonly Plugin[] => plugins.filter((plugin) => plugin.kind === kind);
  const transitions = createTransitionRegistry<readonly AnyTransitionPlugin[]>([
    ...builtinTransitions,
    ...(of('transition') as readonly AnyTransitionPlugin[]),
  ]);
  return {
    transitions,
    datasets: createDatasetRegistry<readonly AnyDatasetPlugin[]>([
      ...builtinDatasets,
      ...ofFiles,
      ...ofTheProgram,
      ...(of('dataset') as readonly AnyDatasetPlugin[]),
    ]),
    schedules: createScheduleRegistry<readonly AnySchedulePlugin[]>([
      ...builtinSchedules,
      ...mutualInformationSchedules(transitions),
      ...(of('schedule') as readonly AnySchedulePlugin[]),
    ]),
    models: createModelRegistry<readonly AnyModelPlugin[]>([...builtinModels, ...(of('model') as readonly AnyModelPlugin[])]),
  };
}
