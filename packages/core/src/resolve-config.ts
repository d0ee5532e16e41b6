import { D3pmError } from './errors.ts';
import type { NoOptions } from './option-names.ts';
import type { Plugin } from './plugin.ts';
import type { Registry } from './registry.ts';

/** A plugin whose options a config can hold: one of any kind. */
export interface ConfigurablePlugin extends Plugin {
  /** @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
  parse(options: unknown): unknown;
}

/** `{ name, …options }` of any name in a table of options by name. */
export type ConfigOf<T> = {
  [N in keyof T]: { readonly name: N } & (T[N] extends NoOptions ? unknown : Readonly<T[N]>);
}[keyof T];

/** The plugin that a config names, and the rest of the config as its options. */
export interface ResolvedConfig<P extends ConfigurablePlugin> {
  readonly plugin: P;
  readonly options: ReturnType<P['parse']>;
}

/**
 * Reads a config `{ name, …options }`, the same for every kind of plugin: finds the name, parses the options.
 *
 * @param settings Fields of the config that are no options and stay with the caller, as `numSteps` of a schedule.
 * @throws {D3pmError} `UNKNOWN_NAME` with the nearest name; `INVALID_OPTIONS` for a config without a name, and for what the plugin refuses.
 */
export function resolveConfig<P extends ConfigurablePlugin>(
  registry: Pick<Registry<P>, 'find' | 'names'>,
  config: unknown,
  settings: readonly string[] = [],
): ResolvedConfig<P> {
  if (typeof config !== 'object' || config === null || !('name' in config) || typeof config.name !== 'string') {
    const fields = ['name', ...settings, '…options'].join(', ');
    const kind = registry.names.length === 0 ? 'plugin' : registry.find(registry.names[0]!).kind;
    throw new D3pmError('INVALID_OPTIONS', `${kind} registry: config is ${JSON.stringify(config)}, expected { ${fields} }`);
  }
  const options = Object.fromEntries(Object.entries(config).filter(([field]) => field !== 'name' && !settings.includes(field)));
  const plugin = registry.find(config.name);
  return { plugin, options: plugin.parse(options) as ReturnType<P['parse']> };
}
