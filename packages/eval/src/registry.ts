import {
  createRegistry,
  resolveConfig,
  type ConfigOf,
  type Metric,
  type MetricPlugin,
  type MetricSetting,
  type Registry,
} from '@d3pm/core';
import type { HistogramKlOptions } from './histogram-kl.ts';
import type { FidOptions } from './scores/fid.ts';
import type { InceptionScoreMetricOptions } from './scores/inception-score-metric.ts';
import type { KidOptions } from './scores/kid.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- options of any type, known only to the plugin
export type AnyMetricPlugin = MetricPlugin<string, any>;

type OptionsOf<P, N> = Extract<P, { readonly name: N }> extends MetricPlugin<string, infer O> ? O : never;

/** Options by name, for typed configs: packages of other metrics augment this interface. */
export interface MetricOptions {
  'histogram-kl': HistogramKlOptions;
  /** An extractor is a value: this config is of code, not of JSON. */
  fid: FidOptions;
  kid: KidOptions;
  'inception-score': InceptionScoreMetricOptions;
}

/** `{ name, …options }` */
export type MetricConfig = ConfigOf<MetricOptions>;

/** Metrics by name, typed from the list it was made of. */
export interface MetricRegistry<P extends AnyMetricPlugin> extends Omit<Registry<P>, 'with'> {
  /** A new registry with more metrics. */
  with<const Q extends readonly AnyMetricPlugin[]>(...plugins: Q): MetricRegistry<P | Q[number]>;
  /** A wrong name or option is a compile error. */
  create<N extends P['name']>(name: N, setting: MetricSetting, options: OptionsOf<P, N>): Metric;
  /** The metric of a config from JSON. @throws {D3pmError} `UNKNOWN_NAME` or `INVALID_OPTIONS`. */
  fromConfig(config: { readonly name: string }, setting: MetricSetting): Metric;
}

/**
 * A frozen registry of the metrics given.
 *
 * @throws {D3pmError} `SPEC_VERSION`, `DUPLICATE_NAME` or `INVALID_OPTIONS`, as `createRegistry` of core.
 */
export function createMetricRegistry<const P extends readonly AnyMetricPlugin[]>(plugins: P): MetricRegistry<P[number]> {
  const registry = createRegistry(plugins, 'metric');
  return Object.freeze({
    ...registry,
    with: (...more: AnyMetricPlugin[]) => createMetricRegistry([...plugins, ...more]),
    create: (name: string, setting: MetricSetting, options: unknown) => registry.find(name).create(setting, options),
    fromConfig: (config: unknown, setting: MetricSetting) => {
      const { plugin, options } = resolveConfig<AnyMetricPlugin>(registry, config);
      return plugin.create(setting, options);
    },
  }) as unknown as MetricRegistry<P[number]>;
}
