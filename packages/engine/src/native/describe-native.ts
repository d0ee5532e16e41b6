import { nativeObstacle } from './activate-native.ts';
import { findNative } from './find-native.ts';
import { installedPackage } from './installed-package.ts';
import type { NativeVariant } from './native-build.ts';
import { nativeRoot } from './native-folder.ts';

/** What {@link describeNative} has found. */
export interface NativeReport {
  /** Where installations are kept, whether there is one or not. */
  readonly cacheFolder: string;
  /** Why the native engine cannot be used, with the way out; absent when it can. */
  readonly obstacle?: string;
  /** Folder of what would be used. */
  readonly folder?: string;
  /** The installed package that would be used, or the version of TensorFlow that is in the cache folder. */
  readonly what?: string;
  readonly variant?: NativeVariant;
  /** Whether the operations of this package are compiled into it; without them it is slower. They are for the processor alone. */
  readonly operations?: boolean;
}

/** Whether the native engine is there, which one, where, and if not, why. Loads nothing and fetches nothing. */
export function describeNative(): NativeReport {
  const cacheFolder = nativeRoot();
  const obstacle = nativeObstacle();
  if (obstacle !== undefined) return { cacheFolder, obstacle };
  const installed = installedPackage();
  if (installed !== undefined) return { cacheFolder, folder: installed.folder, what: installed.name };
  const found = findNative();
  if (typeof found === 'string') return { cacheFolder, obstacle: found };
  return { cacheFolder, folder: found.folder, what: `TensorFlow ${found.version}`, variant: found.variant, operations: found.operations };
}
