import { dirname } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { fileErrorCode } from './explained-file-system.ts';
import type { FileFacts, FileSystem } from './file-system.ts';

/** Makes a folder and its parents where they are missing, each of them durable. @throws {D3pmError} `CHECKPOINT` */
export async function ensureFolder(caller: string, fileSystem: FileSystem, path: string): Promise<void> {
  const found = await factsOf(fileSystem, path);
  if (found === undefined) {
    const parent = dirname(path);
    if (parent !== path) await ensureFolder(caller, fileSystem, parent);
    await fileSystem.makeFolder(path).catch(async (error: unknown) => {
      if (fileErrorCode(error) !== 'EEXIST') throw error;
      if ((await factsOf(fileSystem, path)) !== undefined) return; // another process was faster
      throw new D3pmError('CHECKPOINT', `${caller}: ${path} is a link that leads nowhere; remove it, or give another folder`, {
        cause: error,
      });
    });
    await fileSystem.syncFolder(parent);
    return;
  }
  if (found.kind !== 'folder') {
    throw new D3pmError('CHECKPOINT', `${caller}: ${path} is a file, expected a folder; move it away, or give another folder`);
  }
  // Whoever made it may have been killed before its name was durable. Not everybody may open the parent of a folder that is there.
  await fileSystem.syncFolder(dirname(path)).catch((error: unknown) => {
    if (!['EACCES', 'EPERM'].includes(fileErrorCode(error) ?? '')) throw error;
  });
}

/** Undefined where there is nothing. */
export async function factsOf(fileSystem: FileSystem, path: string): Promise<FileFacts | undefined> {
  return await fileSystem.stat(path).catch((error: unknown) => {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}
