import {
  createRegistry,
  resolveConfig,
  type ConfigOf,
  type NoiseSchedule,
  type NoiseUnit,
  type NoOptions,
  type Registry,
  type SchedulePlugin,
} from '@d3pm/core';
import type { FromArrayOptions } from './from-array.ts';
import type { LinearOptions } from './linear.ts';
import type { MutualInformationConfig } from './mutual-information-schedules.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- options of any type, known only to the plugin
export type AnySchedulePlugin = SchedulePlugin<string, any, NoiseUnit>;

type Named<P, N> = Extract<P, { readonly name: N }>;
type OptionsOf<P> = P extends SchedulePlugin<string, infer O, NoiseUnit> ? O : never;
type UnitOf<P> = P extends { readonly unit: infer U extends NoiseUnit } ? U : never;

/** Options by name, for typed configs: packages of other schedules augment this interface. */
export interface ScheduleOptions {
  linear: LinearOptions;
  'linear-variance': LinearOptions;
  'linear-rate': LinearOptions;
  cosine: NoOptions;
  'inverse-remaining': NoOptions;
  'from-array': FromArrayOptions;
  'from-array-variance': FromArrayOptions;
  'from-array-rate': FromArrayOptions;
  'mutual-information': MutualInformationConfig;
  'mutual-information-rate': MutualInformationConfig;
  'mutual-information-variance': MutualInformationConfig;
}

/** `{ name, numSteps, …options }` */
export type ScheduleConfig = { readonly numSteps: number } & ConfigOf<ScheduleOptions>;

/** Schedules by name, typed from the list it was made of. */
export interface ScheduleRegistry<P extends AnySchedulePlugin> extends Omit<Registry<P>, 'with'> {
  with<const Q extends readonly AnySchedulePlugin[]>(...plugins: Q): ScheduleRegistry<P | Q[number]>;
  create<N extends P['name']>(name: N, numSteps: number, options: OptionsOf<Named<P, N>>): NoiseSchedule<UnitOf<Named<P, N>>>;
  /** @throws {D3pmError} `UNKNOWN_NAME`, `INVALID_OPTIONS` or `INVALID_SCHEDULE`. */
  fromConfig(config: { readonly name: string; readonly numSteps: number }): NoiseSchedule;
}

/**
 * A frozen registry of the schedules given.
 *
 * @throws {D3pmError} `SPEC_VERSION`, `DUPLICATE_NAME` or `INVALID_OPTIONS`, as `createRegistry` of core.
 */
export function createScheduleRegistry<const P extends readonly AnySchedulePlugin[]>(plugins: P): ScheduleRegistry<P[number]> {
  const registry = createRegistry(plugins, 'schedule');
  return Object.freeze({
    ...registry,
    with: (...more: AnySchedulePlugin[]) => createScheduleRegistry([...plugins, ...more]),
    create: (name: string, numSteps: number, options: unknown) => registry.find(name).create(numSteps, options),
    fromConfig: (config: unknown) => {
      const { plugin, options } = resolveConfig<AnySchedulePlugin>(registry, config, ['numSteps']);
      return plugin.create((config as { readonly numSteps: number }).numSteps, options);
    },
  }) as unknown as ScheduleRegistry<P[number]>;
}
