import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A `@tensorflow/tfjs-node(-gpu)` whose own installer has run. */
export interface InstalledPackage {
  readonly name: string;
  readonly folder: string;
  readonly binding: string;
}

const NAMES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** The first installed tfjs-node that has its binding, with the one for cards before the other; undefined when there is none. Loads nothing. */
export function installedPackage(): InstalledPackage | undefined {
  const { resolve } = createRequire(import.meta.url);
  for (const name of NAMES) {
    let folder: string;
    try {
      folder = dirname(resolve(`${name}/package.json`));
    } catch {
      continue;
    }
    const lib = join(folder, 'lib');
    const builds = existsSync(lib) ? readdirSync(lib).sort() : [];
    const binding = builds.map((build) => join(lib, build, 'tfjs_binding.node')).findLast((file) => existsSync(file));
    if (binding !== undefined) return Object.freeze({ name, folder, binding });
  }
  return undefined;
}
