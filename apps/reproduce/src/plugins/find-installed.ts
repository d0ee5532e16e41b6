import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from '@d3pm/core';
import { loadPlugins } from './load-plugins.ts';
import type { MissingPlugin } from './registries.ts';

/**
 * The plugins of these names in the packages that the project depends on: those that its nearest package.json lists, and that say by the
 * keyword `d3pm-transition`, `d3pm-schedule`, `d3pm-model` or `d3pm-dataset` that they have one of the kind. Others are not loaded.
 */
export async function findInstalled(missing: readonly MissingPlugin[]): Promise<readonly Plugin[]> {
  const project = await nearestPackage(process.cwd());
  if (!project) return [];
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = project.content;
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies }).sort();
  const keywords = missing.map(({ kind }) => `d3pm-${kind}`);
  const found: Plugin[] = [];
  for (const name of names) {
    const content = await installed(project.folder, name);
    const said: unknown = content?.keywords;
    if (!Array.isArray(said) || !said.some((keyword) => keywords.includes(keyword as string))) continue;
    found.push(
      ...(await loadPlugins([name])).filter((plugin) => missing.some(({ kind, name }) => plugin.kind === kind && plugin.name === name)),
    );
  }
  return found;
}

type Dependencies = Readonly<Record<string, string>>;

interface PackageJson {
  readonly keywords?: readonly string[];
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
}

interface FoundPackage {
  readonly folder: string;
  readonly content: PackageJson;
}

async function nearestPackage(folder: string): Promise<FoundPackage | undefined> {
  const content = await readPackage(folder);
  if (content) return { folder, content };
  return dirname(folder) === folder ? undefined : nearestPackage(dirname(folder));
}

/** As Node looks for it: in the `node_modules` of this folder and of those above. */
async function installed(folder: string, name: string): Promise<PackageJson | undefined> {
  const content = await readPackage(join(folder, 'node_modules', name));
  if (content || dirname(folder) === folder) return content;
  return installed(dirname(folder), name);
}

/** Undefined where there is none that can be read. */
async function readPackage(folder: string): Promise<PackageJson | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson;
  } catch {
    return undefined;
  }
}
