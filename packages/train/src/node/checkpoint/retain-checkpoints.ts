import { join } from 'node:path';
import { isD3pmError, type D3pmError } from '@d3pm/core';
import { checkpointsIn, type CheckpointName } from './checkpoint-name.ts';
import type { FileSystem } from './file-system.ts';
import { openSealedFolder, readManifest, readSealedFile } from './read-sealed-folder.ts';
import { removeTree } from './remove-tree.ts';
import { trashName } from './write-sealed-folder.ts';

export interface RetainInput {
  readonly run: string;
  /** Name of the one just saved. It stays, and is read back before anything is removed. */
  readonly saved: string;
  readonly keepLast: number;
  readonly keepBest: number;
}

export interface Retained {
  readonly removed: readonly string[];
  readonly problems: readonly D3pmError[];
}

/**
 * Removes what is neither of the newest nor of the best, nor the one just saved. All are renamed first, durably, so that a deletion
 * that is cut short leaves no checkpoint with a part missing.
 */
export async function retainCheckpoints(caller: string, fileSystem: FileSystem, input: RetainInput): Promise<Retained> {
  const { run, saved } = input;
  const removed: string[] = [];
  const trash: string[] = [];
  const problems: D3pmError[] = [];
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isD3pmError(error)) throw error;
      problems.push(error);
    }
  };
  await attempt(async () => {
    const surplus = await surplusOf(caller, fileSystem, input);
    if (surplus.length === 0) return;
    await verify(caller, fileSystem, join(run, saved));
    for (const name of surplus) {
      await attempt(async () => {
        const path = join(run, trashName(name));
        await fileSystem.rename(join(run, name), path);
        removed.push(name);
        trash.push(path);
      });
    }
    await fileSystem.syncFolder(run);
    for (const path of trash) await attempt(() => removeTree(fileSystem, path));
  });
  return { removed, problems };
}

async function surplusOf(
  caller: string,
  fileSystem: FileSystem,
  { run, saved, keepLast, keepBest }: RetainInput,
): Promise<readonly string[]> {
  const all = await checkpointsIn(fileSystem, run);
  const own = all.find(({ name }) => name === saved);
  const isSuperseded = ({ name, step }: CheckpointName): boolean => name !== saved && step === own?.step;
  const rest = all.filter((one) => !isSuperseded(one));
  if (rest.length <= keepLast) return all.filter(isSuperseded).map(({ name }) => name);
  const best = keepBest === 0 ? [] : (await scores(caller, fileSystem, { run, rest })).slice(0, keepBest);
  const kept = new Set([saved, ...rest.slice(0, keepLast).map(({ name }) => name), ...best]);
  return all.map(({ name }) => name).filter((name) => !kept.has(name));
}

/** Names of those with a score, the lowest first; of equal ones the newest. One whose manifest cannot be read has none. */
async function scores(
  caller: string,
  fileSystem: FileSystem,
  { run, rest }: { readonly run: string; readonly rest: readonly CheckpointName[] },
): Promise<readonly string[]> {
  const scored: { readonly name: string; readonly score: number }[] = [];
  for (const { name } of rest) {
    const manifest = await readManifest(caller, fileSystem, join(run, name)).catch(() => undefined);
    const score = manifest?.about['score'];
    if (typeof score === 'number') scored.push({ name, score });
  }
  return scored.toSorted((a, b) => a.score - b.score).map(({ name }) => name);
}

async function verify(caller: string, fileSystem: FileSystem, folder: string): Promise<void> {
  const { files } = await openSealedFolder(caller, fileSystem, folder);
  for (const file of files) await readSealedFile(caller, fileSystem, { folder, file });
}
