import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { D3pmError } from '@d3pm/core';
import { systemErrorText } from './system-error-text.ts';

/**
 * Puts a file in the place of what is there, all of `content`, or else changes nothing. A link to a file is followed, and the mode and owner of a
 * file stay, the owner where this user may give it.
 *
 * A disk with room for a part of a write takes that part, and tells so by a count alone: `writeFile` goes on with the rest, and then there is an error.
 *
 * @throws {D3pmError} `RUN_FOLDER` with the path and the reason, whose `cause` is the error of the file system
 */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    const target = await realpath(path).catch(whereMissing(path));
    const before = await stat(target).catch(whereMissing(undefined));
    const partial = `${target}.${randomUUID()}.partial`;
    const remove = (): void => rmSync(partial, { force: true });
    process.once('exit', remove);
    try {
      const file = await open(partial, 'wx', before?.mode);
      try {
        if (before) await likeBefore(file, before);
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, target);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      process.off('exit', remove);
    }
  } catch (cause) {
    throw new D3pmError(
      'RUN_FOLDER',
      `writeWholeFile: cannot write ${path}: ${systemErrorText(cause)}, and what was there before is untouched; mend that, or choose another folder`,
      { cause },
    );
  }
}

/** The owner first: another one takes bits of the mode away. */
async function likeBefore(file: FileHandle, { mode, uid, gid }: { readonly mode: number; readonly uid: number; readonly gid: number }) {
  await file.chown(uid, gid).catch(() => undefined);
  await file.chmod(mode & 0o7777);
}

function whereMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
