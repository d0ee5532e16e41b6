import { D3pmError } from './errors.ts';
import { suggestName } from './nearest-name.ts';
import type { Plugin, PluginKind } from './plugin.ts';

/** Named plugins of one kind, as a frozen value that is passed by hand. */
export interface Registry<P extends Plugin> {
  readonly names: readonly P['name'][];
  /** The plugin of a name that the list itself contains: a wrong name is a compile error. */
  get<N extends P['name']>(name: N): Extract<P, { readonly name: N }>;
  /** The plugin of a name from a config. @throws {D3pmError} `UNKNOWN_NAME` with the nearest name. */
  find(name: string): P;
  /** A new registry with more plugins. */
  with<const Q extends readonly Plugin<P['kind']>[]>(...plugins: Q): Registry<P | Q[number]>;
}

/**
 * A registry of the plugins given: no module-level table, nothing happens on import.
 *
 * @param kind All plugins are of it. Absent: whatever the first one is.
 * @throws {D3pmError} `SPEC_VERSION` for a plugin of another specification, `INVALID_OPTIONS` for
 * a malformed name or a mix of kinds, `DUPLICATE_NAME` for a name given twice.
 */
export function createRegistry<const P extends readonly Plugin[]>(
  plugins: P,
  kind: PluginKind | undefined = plugins[0]?.kind,
): Registry<P[number]> {
  const byName = new Map<string, P[number]>();
  for (const plugin of plugins) {
    assertPlugin(plugin, kind!);
    const known = byName.get(plugin.name);
    if (known !== undefined && known !== plugin) {
      throw new D3pmError(
        'DUPLICATE_NAME',
        `createRegistry: two different ${plugin.kind} plugins are named "${plugin.name}"; rename one, as owner/name`,
      );
    }
    byName.set(plugin.name, plugin);
  }
  const find = (name: string): P[number] => {
    const plugin = byName.get(name);
    if (plugin === undefined) {
      throw new D3pmError('UNKNOWN_NAME', `registry: no ${kind ?? 'plugin'} is named "${name}"; ${suggestName(name, [...byName.keys()])}`);
    }
    return plugin;
  };
  return Object.freeze({
    names: Object.freeze([...byName.keys()]),
    get: find,
    find,
    with: (...more: Plugin[]) => createRegistry([...plugins, ...more], kind),
  }) as Registry<P[number]>;
}

const NAME = /^(?:[a-z0-9][a-z0-9-]*\/)?[a-z0-9][a-z0-9-]*$/;

/** Throws unless `plugin` follows this specification and is of the kind expected. */
export function assertPlugin(plugin: Plugin, kind: string): void {
  const { name, specVersion } = plugin;
  if (specVersion !== 1) {
    throw new D3pmError(
      'SPEC_VERSION',
      `registry: plugin "${name}" follows specification ${String(specVersion)}, this release knows 1; install a release that matches`,
    );
  }
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new D3pmError('INVALID_OPTIONS', `registry: plugin name "${String(name)}" must be kebab-case, or owner/name`);
  }
  if (plugin.kind !== kind) throw new D3pmError('INVALID_OPTIONS', `registry: "${name}" is a ${plugin.kind} plugin, expected a ${kind}`);
}
