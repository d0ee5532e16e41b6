import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { D3pmError, type Plugin } from '@d3pm/core';
import { resolve as resolveModule } from 'import-meta-resolve';

const KINDS: readonly string[] = ['dataset', 'metric', 'model', 'schedule', 'transition'];

/**
 * The plugins that packages and files export. A file is named by its path (`./my-family.ts`), a package as an import would; both are looked for
 * from where the program runs, and are run.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for what cannot be found or loaded, and for what exports no plugin.
 */
export async function loadPlugins(names: readonly string[]): Promise<readonly Plugin[]> {
  const found: Plugin[] = [];
  for (const name of names) found.push(...(await pluginsOf(name)));
  return [...new Set(found)];
}

async function pluginsOf(name: string): Promise<readonly Plugin[]> {
  const exported = await load(name);
  const plugins = Object.values(exported).filter(isPlugin);
  if (plugins.length > 0) return plugins;
  const names = Object.keys(exported);
  throw new D3pmError(
    'INVALID_OPTIONS',
    `plugins: "${name}" exports no plugin, but ${names.length === 0 ? 'nothing' : names.join(', ')}; a plugin is a value with specVersion, kind and name (docs/plugins.md)`,
  );
}

async function load(name: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const from = pathToFileURL(join(process.cwd(), 'config')).href;
    return (await import(resolveModule(name, from))) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND';
    throw new D3pmError(
      'INVALID_OPTIONS',
      `plugins: cannot load "${name}" (${message.split('\n')[0]})${isMissing ? `; ${wayTo(name)}` : ''}`,
      { cause },
    );
  }
}

const wayTo = (name: string): string =>
  /^[./]/.test(name) ? 'give the path of a file that is there, from the folder of this command' : `npm i ${name}, or a file as ./${name}`;

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, specVersion } = value as Partial<Plugin>;
  return typeof kind === 'string' && KINDS.includes(kind) && typeof name === 'string' && specVersion !== undefined;
}
