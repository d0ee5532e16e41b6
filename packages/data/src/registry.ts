import { createRegistry, resolveConfig, type ConfigOf, type Dataset, type DatasetPlugin, type Registry } from '@d3pm/core';
import { assertSplits } from './assert-splits.ts';
import type { Cifar10PluginOptions } from './node/cifar10/cifar10-plugin.ts';
import type { IdxPluginOptions } from './node/idx/idx-plugins.ts';
import type { ReadImageFolderOptions } from './node/images/read-image-folder.ts';
import type { Lm1bPluginOptions } from './node/lm1b/lm1b-plugin.ts';
import type { ReadText8Options } from './node/read-text8.ts';
import type { SwissRollPluginOptions } from './swiss-roll-plugin.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- options of any type, known only to the plugin
export type AnyDatasetPlugin = DatasetPlugin<string, any>;

type Named<P, N> = Extract<P, { readonly name: N }>;
type OptionsOf<P> = P extends DatasetPlugin<string, infer O> ? O : never;
type Splits = Readonly<Record<string, Dataset>>;

/** Options by name, for typed configs: packages of other data sets augment this interface. */
export interface DatasetOptions {
  'swiss-roll': SwissRollPluginOptions;
  /** By `cifar10Plugin` of `@d3pm/data/node`. */
  cifar10: Cifar10PluginOptions;
  /** By `fashionMnistPlugin` of `@d3pm/data/node`. */
  'fashion-mnist': IdxPluginOptions;
  /** By `imageFolderPlugin` of `@d3pm/data/node`. */
  'image-folder': ReadImageFolderOptions;
  /** By `mnistPlugin` of `@d3pm/data/node`. */
  mnist: IdxPluginOptions;
  /** By `lm1bPlugin` of `@d3pm/data/node`. */
  lm1b: Lm1bPluginOptions;
  /** By `text8Plugin` of `@d3pm/data/node`. */
  text8: ReadText8Options;
}

/** `{ name, …options }` */
export type DatasetConfig = ConfigOf<DatasetOptions>;

async function loaded(plugin: AnyDatasetPlugin, options: unknown): Promise<Splits> {
  const splits: unknown = await plugin.load(options);
  assertSplits(plugin.name, splits);
  return splits;
}

/** Data sets by name, typed from the list it was made of. */
export interface DatasetRegistry<P extends AnyDatasetPlugin> extends Omit<Registry<P>, 'with'> {
  /** A new registry with more data sets. */
  with<const Q extends readonly AnyDatasetPlugin[]>(...plugins: Q): DatasetRegistry<P | Q[number]>;
  /** The splits by name. A wrong name or option is a compile error. @throws {D3pmError} as `fromConfig` */
  load<N extends P['name']>(name: N, options: OptionsOf<Named<P, N>>): Promise<Splits>;
  /**
   * The splits of a config from JSON, once their sizes and an example or two of each are looked at.
   *
   * @throws {D3pmError} `UNKNOWN_NAME`, `INVALID_OPTIONS` or `INVALID_DATA`; `SHAPE`, `DTYPE` or `STATE_RANGE` for a plugin whose examples are not
   *   what it says.
   */
  fromConfig(config: { readonly name: string }): Promise<Splits>;
}

/**
 * A frozen registry of the data sets given. Both ways of loading reject, and do not throw.
 *
 * @throws {D3pmError} `SPEC_VERSION`, `DUPLICATE_NAME` or `INVALID_OPTIONS`, as `createRegistry` of core.
 */
export function createDatasetRegistry<const P extends readonly AnyDatasetPlugin[]>(plugins: P): DatasetRegistry<P[number]> {
  const registry = createRegistry(plugins, 'dataset');
  return Object.freeze({
    ...registry,
    with: (...more: AnyDatasetPlugin[]) => createDatasetRegistry([...plugins, ...more]),
    load: async (name: string, options: unknown) => loaded(registry.find(name), options),
    fromConfig: async (config: unknown) => {
      const { plugin, options } = resolveConfig<AnyDatasetPlugin>(registry, config);
      return loaded(plugin, options);
    },
  }) as unknown as DatasetRegistry<P[number]>;
}
