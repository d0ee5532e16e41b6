import {
  createRegistry,
  resolveConfig,
  type AnyTransitionPlugin,
  type ConfigOf,
  type NoiseUnit,
  type Registry,
  type Transition,
  type TransitionPlugin,
  type TransitionSetting,
} from '@d3pm/core';
import type { AbsorbingOptions } from './absorbing.ts';
import type { AutoregressiveOptions } from './autoregressive.ts';
import type { BandedOptions } from './banded.ts';
import type { BlockAbsorbingOptions } from './block-absorbing.ts';
import type { DiscretizedGaussianOptions } from './discretized-gaussian.ts';
import type { NearestNeighborOptions } from './nearest-neighbor/nearest-neighbor.ts';
import type { UniformAbsorbingOptions } from './uniform-absorbing.ts';
import type { UniformOptions } from './uniform.ts';

type Named<P, N> = Extract<P, { readonly name: N }>;
// oxlint-disable-next-line typescript/no-explicit-any -- infers the options of a plugin of any unit
type OptionsOf<P> = P extends TransitionPlugin<string, infer O, any> ? O : never;
type UnitOf<P> = P extends { readonly unit: infer U extends NoiseUnit } ? U : never;

/**
 * Options by name, for typed configs where no registry is in scope. Packages of other families
 * augment it: `declare module '@d3pm/transitions' { interface TransitionOptions { 'owner/name': … } }`.
 */
export interface TransitionOptions {
  uniform: UniformOptions;
  absorbing: AbsorbingOptions;
  'discretized-gaussian': DiscretizedGaussianOptions;
  banded: BandedOptions;
  'nearest-neighbor': NearestNeighborOptions;
  'uniform-absorbing': UniformAbsorbingOptions;
  'block-absorbing': BlockAbsorbingOptions;
  autoregressive: AutoregressiveOptions;
}

/** `{ name, …options }` of any family whose types are known to the program. */
export type TransitionConfig = ConfigOf<TransitionOptions>;

/** Families by name, typed from the list that it was made of. */
export interface TransitionRegistry<P extends AnyTransitionPlugin> extends Omit<Registry<P>, 'with'> {
  /** A new registry with more families. */
  with<const Q extends readonly AnyTransitionPlugin[]>(...plugins: Q): TransitionRegistry<P | Q[number]>;
  /** A wrong name, option or unit is a compile error. */
  create<N extends P['name']>(name: N, setting: TransitionSetting<UnitOf<Named<P, N>>>, options: OptionsOf<Named<P, N>>): Transition;
  /**
   * The transition of a config from JSON, checked at run time.
   *
   * @throws {D3pmError} `UNKNOWN_NAME`, `INVALID_OPTIONS`, `UNIT` or `INVALID_SCHEDULE`.
   */
  fromConfig(config: { readonly name: string }, setting: TransitionSetting): Transition;
}

/**
 * A frozen registry of the families given: a value that is passed by hand, no module-level table.
 *
 * @throws {D3pmError} `SPEC_VERSION`, `DUPLICATE_NAME` or `INVALID_OPTIONS`, as `createRegistry` of core.
 */
export function createTransitionRegistry<const P extends readonly AnyTransitionPlugin[]>(plugins: P): TransitionRegistry<P[number]> {
  const registry = createRegistry(plugins, 'transition');
  return Object.freeze({
    ...registry,
    with: (...more: AnyTransitionPlugin[]) => createTransitionRegistry([...plugins, ...more]),
    create: (name: string, setting: TransitionSetting, options: unknown) => registry.find(name).create(setting, options),
    fromConfig: (config: unknown, setting: TransitionSetting) => {
      const { plugin, options } = resolveConfig<AnyTransitionPlugin>(registry, config);
      return plugin.create(setting, options);
    },
  }) as unknown as TransitionRegistry<P[number]>;
}
