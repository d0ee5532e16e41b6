import { nativeBuilds } from './native-build.ts';
import { installationFolder, nativeRoot } from './native-folder.ts';
import { MISSING, readInstallation, type NativeInstallation } from './native-installation.ts';

/** What is in the cache folder: an installation, or why there is none, in a few words. The one for cards comes first. */
export function findNative(cacheFolder?: string): NativeInstallation | string {
  const root = nativeRoot(cacheFolder);
  const faults: string[] = [];
  for (const build of [nativeBuilds.gpu, nativeBuilds.cpu]) {
    const found = readInstallation(installationFolder(root, build), build);
    if (typeof found !== 'string') return found;
    if (found !== MISSING) faults.push(`the ${build.variant} installation is damaged: ${found}`);
  }
  return faults.length === 0 ? 'not prepared' : faults.join(', ');
}
