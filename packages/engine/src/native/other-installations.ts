import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nativeBuilds } from './native-build.ts';
import { installationFolder, installerFolder } from './native-folder.ts';
import { readInstallation } from './native-installation.ts';

/** Whole installations below `root` that are not of this version of the package, in order; another one may still use them. */
export async function otherInstallations(root: string): Promise<readonly string[]> {
  const own = Object.values(nativeBuilds).flatMap((build) => [installationFolder(root, build), installerFolder(root, build)]);
  const names: readonly string[] = await readdir(root).catch(() => []);
  return names
    .toSorted()
    .map((name) => join(root, name))
    .filter((folder) => !own.includes(folder) && typeof readInstallation(folder) !== 'string');
}
