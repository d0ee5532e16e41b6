import { D3pmError, quoted } from '@d3pm/core';
import type { FileSystem } from './file-system.ts';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'no permission'],
  ['EBUSY', 'it is in use'],
  ['EDQUOT', 'the quota of this user is used up'],
  ['EEXIST', 'it exists already'],
  ['EFBIG', 'it is larger than a file may be here'],
  ['EIO', 'the disk reports an input or output error'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'its links lead in a circle'],
  ['EMFILE', 'this process has too many files open'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ENOENT', 'it does not exist'],
  ['ENOSPC', 'the disk is full'],
  ['ENOTDIR', 'a part of its path is a file, not a folder'],
  ['ENOTEMPTY', 'it is not empty'],
  ['EPERM', 'it is not permitted'],
  ['EROFS', 'the disk can only be read'],
  ['EXDEV', 'it lies on another disk'],
]);

/** The same file system, whose errors are `CHECKPOINT`: which operation on which path failed, and why; the `cause` is the error itself. */
export function explainedFileSystem(caller: string, fileSystem: FileSystem): FileSystem {
  const attempt = async <T>(task: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new D3pmError('CHECKPOINT', `${caller}: cannot ${task}: ${reasonOf(cause)}`, { cause });
    }
  };
  return {
    createFile: (path) =>
      attempt(`create ${path}`, async () => {
        const file = await fileSystem.createFile(path);
        return {
          write: (bytes) => attempt(`write ${bytes.length} bytes to ${path}`, () => file.write(bytes)),
          sync: () => attempt(`sync ${path}`, () => file.sync()),
          close: () => attempt(`close ${path}`, () => file.close()),
        };
      }),
    readFile: (path) => attempt(`read ${path}`, () => fileSystem.readFile(path)),
    stat: (path) => attempt(`look at ${path}`, () => fileSystem.stat(path)),
    readFolder: (path) => attempt(`list the folder ${path}`, () => fileSystem.readFolder(path)),
    makeFolder: (path) => attempt(`make the folder ${path}`, () => fileSystem.makeFolder(path)),
    rename: (from, to) => attempt(`rename ${from} to ${to}`, () => fileSystem.rename(from, to)),
    removeFile: (path) => attempt(`remove ${path}`, () => fileSystem.removeFile(path)),
    removeFolder: (path) => attempt(`remove the folder ${path}`, () => fileSystem.removeFolder(path)),
    syncFolder: (path) => attempt(`sync the folder ${path}`, () => fileSystem.syncFolder(path)),
  };
}

/** The code of the error of a file system, also of one that has been explained. */
export function fileErrorCode(error: unknown): string | undefined {
  const { code, cause } = error as NodeJS.ErrnoException & { readonly cause?: NodeJS.ErrnoException };
  return code === 'CHECKPOINT' ? cause?.code : code;
}

function reasonOf(cause: unknown): string {
  const { code, message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  const reason = code === undefined ? undefined : REASONS.get(code);
  return reason === undefined ? quoted(message ?? String(cause)) : `${reason} (${code})`;
}
