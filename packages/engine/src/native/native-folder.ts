import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import type { NativeBuild } from './native-build.ts';
import { sourcesDigest } from './own-sources.ts';

/** Raised when what an installation contains besides, or where, changes: the next start then makes a new one beside the old. */
const LAYOUT = 7;

/** Where the engine keeps what it has provisioned: `cacheFolder`, else `$D3PM_CACHE`, else the cache folder of the user; in it, `native`. */
export function nativeRoot(cacheFolder?: string): string {
  const cache = cacheFolder ?? (process.env['D3PM_CACHE'] || envPaths('d3pm', { suffix: '' }).cache);
  return resolve(cache, 'native');
}

/** Folder of one installation: a name for each version of TensorFlow, variant, platform, layout, and what is compiled into it and how. */
export function installationFolder(root: string, { version, variant }: NativeBuild): string {
  return join(root, `tensorflow-${version}-${variant}-${process.platform}-${process.arch}-v${LAYOUT}-${sourcesDigest()}`);
}

/** Folder of what a package's own installer has fetched: whichever TensorFlow that is. */
export function installerFolder(root: string, { variant }: NativeBuild): string {
  return join(root, `tfjs-node-${variant}-${process.platform}-${process.arch}-v${LAYOUT}`);
}
