import { constants } from 'node:fs';
import { lstat, open, realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';

// Windows has neither; there the path is compared with the real one alone.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file of a run folder, and nothing that lies elsewhere: no link is followed, neither the file nor a folder on the way.
 *
 * @param root The folder, without links: see `realpath`.
 * @param names Of the folders on the way and of the file, none of which may be `..`.
 * @returns undefined where there is no such file; else the caller closes it.
 * @throws {D3pmError} `INVALID_DATA` for a link or what is no file; errors of the disk pass through.
 */
export async function openInRun(root: string, ...names: readonly string[]): Promise<FileHandle | undefined> {
  const path = join(root, ...names);
  const refused = (what: string): D3pmError =>
    new D3pmError('INVALID_DATA', `${quoted(path)} is ${what}, expected a file of the run; put the file itself there`);
  const file = await open(path, FLAGS).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOOP') throw refused('a link');
    if (error.code === 'ENXIO') throw refused('no file');
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return undefined;
  });
  if (file === undefined) return undefined;
  try {
    const [opened, real] = [await file.stat(), await realpath(path)];
    if (real !== path) throw refused('behind a link');
    if (!opened.isFile()) throw refused('no file');
    const there = await lstat(path);
    if (there.ino === opened.ino && there.dev === opened.dev) return file;
  } catch (error) {
    await file.close();
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
  await file.close(); // replaced meanwhile
  return undefined;
}
