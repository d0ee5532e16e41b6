import { join, resolve } from 'node:path';
import { assertInteger, isD3pmError, type D3pmError } from '@d3pm/core';
import type { CheckpointContent } from './checkpoint-content.ts';
import { assertContent, checkpointAbout, checkpointFiles } from './checkpoint-files.ts';
import { checkpointName, checkpointsIn } from './checkpoint-name.ts';
import { ensureFolder } from './ensure-folder.ts';
import { explainedFileSystem } from './explained-file-system.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { openSealedFolder, readSealedFile } from './read-sealed-folder.ts';
import { retainCheckpoints } from './retain-checkpoints.ts';
import { sha256 } from './sha256.ts';
import { sealFolder, syncNames } from './write-sealed-folder.ts';

export interface SaveCheckpointOptions {
  /** How many of the newest stay, at least 1. The one just saved always stays. @defaultValue 3 */
  readonly keepLast?: number;
  /** How many of those with the lowest score stay besides. @defaultValue 0 */
  readonly keepBest?: number;
  /** Whether tensors may hold NaN and infinities; then loading needs it too. @defaultValue false */
  readonly allowNonFinite?: boolean;
  /** @defaultValue {@link nodeFileSystem} */
  readonly fileSystem?: FileSystem;
}

export interface SavedCheckpoint {
  /** Where it lies: `ckpt-00001000` in the run folder, or `ckpt-00001000-r2` after another content of the same step. */
  readonly folder: string;
  /** Names of the older ones that were removed. */
  readonly removed: readonly string[];
  /** Why others that were to be removed are still there, for a warning. */
  readonly problems: readonly D3pmError[];
}

const caller = 'saveCheckpoint';
const UNUSABLE = ['CHECKPOINT', 'INVALID_DATA', 'SPEC_VERSION'];

/**
 * Saves a checkpoint that is either complete or not seen, whatever happens, then removes old ones. When it returns, a power cut loses
 * nothing. Of another content for a step that is there, a revision is written beside it before the first is removed; the same content stays as it is.
 *
 * For one process at a time on a run folder, which is made when it is missing. Memory: that of the largest file, once more.
 *
 * @throws {D3pmError} `CHECKPOINT` with the operation, the file and the reason, and older ones untouched; `NON_FINITE` before anything
 * is written; `INVALID_OPTIONS`.
 */
export async function saveCheckpoint(
  runFolder: string,
  content: CheckpointContent,
  { keepLast = 3, keepBest = 0, allowNonFinite = false, fileSystem: given = nodeFileSystem }: SaveCheckpointOptions = {},
): Promise<SavedCheckpoint> {
  assertInteger(caller, 'keepLast', keepLast, 1);
  assertInteger(caller, 'keepBest', keepBest, 0);
  assertContent(caller, content, allowNonFinite);
  const fileSystem = explainedFileSystem(caller, given);
  const run = resolve(runFolder);
  await ensureFolder(caller, fileSystem, run);
  const [before] = (await checkpointsIn(fileSystem, run)).filter(({ step }) => step === content.step);
  const kept = before !== undefined && (await holds(fileSystem, join(run, before.name), content));
  const name = kept ? before.name : checkpointName(content.step, (before?.revision ?? 0) + 1);
  const folder = join(run, name);
  if (kept) await syncNames(caller, fileSystem, folder);
  else await sealFolder(caller, fileSystem, { folder, files: checkpointFiles(content), about: checkpointAbout(content) });
  return { folder, ...(await retainCheckpoints(caller, fileSystem, { run, saved: name, keepLast, keepBest })) };
}

/** Whether a folder is good and has exactly this content. */
async function holds(fileSystem: FileSystem, folder: string, content: CheckpointContent): Promise<boolean> {
  try {
    const { about, files } = await openSealedFolder(caller, fileSystem, folder);
    const wanted = Object.entries(checkpointFiles(content));
    if (wanted.length !== files.length || JSON.stringify(about) !== JSON.stringify(checkpointAbout(content))) return false;
    for (const [name, encode] of wanted) {
      const file = files.find((file) => file.name === name);
      if (file === undefined || sha256(typeof encode === 'function' ? encode() : encode) !== file.sha256) return false;
      await readSealedFile(caller, fileSystem, { folder, file });
    }
    return true;
  } catch (error) {
    if (isD3pmError(error) && UNUSABLE.includes(error.code)) return false;
    throw error;
  }
}
