import { readFileSync, statSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { NativeVariant } from './native-build.ts';

/** A provisioned native engine: a folder that is whole and is never changed again. */
export interface NativeInstallation {
  readonly folder: string;
  /** Of TensorFlow. */
  readonly version: string;
  readonly variant: NativeVariant;
  /** The compiled file between Node and TensorFlow. */
  readonly binding: string;
  /** Whether the operations of this package are compiled into it. */
  readonly operations: boolean;
}

/** What an installation says of itself, in `installation.json`. */
interface InstallationRecord {
  readonly version: string;
  readonly variant: NativeVariant;
  /** As their package managers name them. */
  readonly madeFrom: readonly string[];
  /** Of the C++ compiler of the binding; absent when it came compiled. */
  readonly compiler?: string;
  /** Whether the operations of this package are compiled into the binding. @defaultValue false */
  readonly operations?: boolean;
  /** Of tfjs-node. */
  readonly bindingVersion: string;
  /** Of the binding, in the folder. @defaultValue `binding/tfjs_binding.node` */
  readonly binding?: string;
  /** Bytes of every file, by its path in the folder. */
  readonly files: Readonly<Record<string, number>>;
}

const RECORD = 'installation.json';
const BINDING = 'binding/tfjs_binding.node';

/** What {@link readInstallation} says when there is none. */
export const MISSING = 'it is not there';

export const bindingFile = (folder: string): string => join(folder, BINDING);

/** Says what a folder is. The last thing that is written: what has no record is no installation. */
export async function writeRecord(folder: string, facts: Omit<InstallationRecord, 'files'>): Promise<void> {
  const record: InstallationRecord = { ...facts, files: await sizesIn(folder) };
  await writeFile(join(folder, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** The installation in a folder when all its files are there and have their sizes. Else a few words on what is wrong. */
export function readInstallation(folder: string): NativeInstallation | string {
  let record: InstallationRecord;
  try {
    record = JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as InstallationRecord;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? MISSING : `its ${RECORD} cannot be read`;
  }
  const { version, variant, operations = false, binding = BINDING, files } = record;
  for (const [path, bytes] of Object.entries(files)) {
    const found = statSync(join(folder, path), { throwIfNoEntry: false });
    if (found?.size !== bytes) return `${path} is ${found === undefined ? 'missing' : 'damaged'}`;
  }
  return Object.freeze({ folder, version, variant, operations, binding: join(folder, binding) });
}

async function sizesIn(folder: string): Promise<Record<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => [relative(folder, file), (await stat(file)).size] as const));
  return Object.fromEntries(sizes.sort(([left], [right]) => (left < right ? -1 : 1)));
}
