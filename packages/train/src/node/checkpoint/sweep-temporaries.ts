import { join, resolve } from 'node:path';
import { namesIn } from './checkpoint-name.ts';
import { explainedFileSystem } from './explained-file-system.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { removeTree } from './remove-tree.ts';
import { isTemporaryName } from './write-sealed-folder.ts';

export interface SweepTemporariesOptions {
  /** @defaultValue {@link nodeFileSystem} */
  readonly fileSystem?: FileSystem;
}

/**
 * Removes what saves and deletions that were cut short have left in a folder: `.NAME.tmp-PID-HEX` and `.trash-NAME-HEX`. Only while no
 * other process saves there. A folder that is not there has none.
 *
 * @returns the names that were removed
 * @throws {D3pmError} `CHECKPOINT` with the operation and the file.
 */
export async function sweepTemporaries(
  runFolder: string,
  { fileSystem = nodeFileSystem }: SweepTemporariesOptions = {},
): Promise<readonly string[]> {
  const explained = explainedFileSystem('sweepTemporaries', fileSystem);
  const run = resolve(runFolder);
  const names = (await namesIn(explained, run)).filter(isTemporaryName);
  for (const name of names) await removeTree(explained, join(run, name));
  return names;
}
