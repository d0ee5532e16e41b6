import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm } from 'node:fs/promises';
import { getSystemErrorMap } from 'node:util';
import { D3pmError } from '@d3pm/core';

/**
 * Puts a file in the place of what is there, all of `content` and on the disk, or else changes nothing. A link is followed.
 *
 * A disk with room for a part of a write takes that part, and tells so by a count alone: `writeFile` goes on with the rest, and then there is an error.
 *
 * @throws {D3pmError} `RUN_FOLDER` with the path and the reason, whose `cause` is the error of the file system
 */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const partial = `${target}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, target);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new D3pmError('RUN_FOLDER', `cannot write ${path}: ${reasonOf(cause)}; what was there before is untouched`, { cause });
  }
}

/** Without the path, which is one that nobody knows. */
function reasonOf(cause: unknown): string {
  const { errno, message } = cause as NodeJS.ErrnoException;
  const [code, reason] = getSystemErrorMap().get(errno ?? 0) ?? [];
  return code === undefined ? message : `${reason} (${code})`;
}
