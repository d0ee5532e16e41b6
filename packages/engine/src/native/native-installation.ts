import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeBuild, NativeVariant } from './native-build.ts';

/** A provisioned native engine: a folder that is whole and is never changed again. */
export interface NativeInstallation {
  readonly folder: string;
  /** Of TensorFlow. */
  readonly version: string;
  readonly variant: NativeVariant;
}

/** What an installation says of itself, in `installation.json`. */
export interface InstallationRecord {
  readonly version: string;
  readonly variant: NativeVariant;
  readonly wheels: readonly string[];
  /** Of the C++ compiler of the binding. */
  readonly compiler: string;
  /** Of `@tensorflow/tfjs-node-gpu`. */
  readonly bindingVersion: string;
  /** Bytes of every file, by its path in the folder. */
  readonly files: Readonly<Record<string, number>>;
}

export const RECORD = 'installation.json';

/** What {@link readInstallation} says when there is none. */
export const MISSING = 'it is not there';

export const bindingFile = (folder: string): string => join(folder, 'binding', 'tfjs_binding.node');

/** The installation in a folder when all its files are there and have their sizes. Else a few words on what is wrong. */
export function readInstallation(folder: string, { version, variant }: NativeBuild): NativeInstallation | string {
  let record: InstallationRecord;
  try {
    record = JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as InstallationRecord;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? MISSING : `its ${RECORD} cannot be read`;
  }
  if (record.version !== version || record.variant !== variant) return `its ${RECORD} is of another one`;
  for (const [path, bytes] of Object.entries(record.files)) {
    const found = statSync(join(folder, path), { throwIfNoEntry: false });
    if (found?.size !== bytes) return `${path} is ${found === undefined ? 'missing' : 'damaged'}`;
  }
  return Object.freeze({ folder, version, variant });
}
