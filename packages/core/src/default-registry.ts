import { D3pmError } from './errors.ts';
import type { Plugin, PluginKind } from './plugin.ts';
import { assertPlugin, createRegistry, type Registry } from './registry.ts';

const KEY: unique symbol = Symbol.for('d3pm.plugins.v1');

/** One table per process, however many copies of this file are installed. */
const table = (): Map<string, Plugin> => ((globalThis as { [KEY]?: Map<string, Plugin> })[KEY] ??= new Map());

/**
 * Adds a plugin to the process-wide table. Only the `register` file of a package calls this; library
 * code takes plugins as values.
 *
 * @throws {D3pmError} `DUPLICATE_NAME` when another package has taken the name.
 */
export function registerPlugin(plugin: Plugin): void {
  assertPlugin(plugin, plugin.kind);
  const key = `${plugin.kind}:${plugin.name}`;
  const known = table().get(key);
  if (known === plugin) return;
  if (known)
    throw new D3pmError(
      'DUPLICATE_NAME',
      `registerPlugin: the ${plugin.kind} "${plugin.name}" is already taken by another package, or by a second copy of this one; \`npm ls\` shows copies`,
    );
  table().set(key, plugin);
}

/** A frozen snapshot of the plugins of one kind that have registered themselves so far. */
export function defaultRegistry<P extends Plugin = Plugin>(kind: PluginKind): Registry<P> {
  return createRegistry([...table().values()].filter((plugin) => plugin.kind === kind) as P[], kind);
}
