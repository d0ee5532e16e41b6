import { nativeBuilds } from './native-build.ts';
import { installationFolder, installerFolder, nativeRoot } from './native-folder.ts';
import { MISSING, readInstallation, type NativeInstallation } from './native-installation.ts';

/** What is in the cache folder: an installation, or why there is none, in a few words. The one for cards comes first. */
export function findNative(cacheFolder?: string): NativeInstallation | string {
  const root = nativeRoot(cacheFolder);
  const faults: string[] = [];
  for (const build of [nativeBuilds.gpu, nativeBuilds.cpu]) {
    const found = readInstallation(installationFolder(root, build));
    if (typeof found !== 'string') return found;
    if (found !== MISSING) faults.push(`the ${build.variant} installation is damaged: ${found}`);
  }
  const older = readInstallation(installerFolder(root, nativeBuilds.cpu));
  if (typeof older !== 'string') return older;
  return faults.length === 0 ? 'not prepared' : faults.join(', ');
}
