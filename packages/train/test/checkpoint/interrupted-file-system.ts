import type { FileSystem } from '@d3pm/train/node';

export interface Interruption {
  /** Is told of every operation before it happens. What it throws comes in place of it. */
  readonly before?: (operation: string, path: string) => void;
  /** Is told after it has happened. */
  readonly after?: (operation: string, path: string) => void;
}

/** A file system that can fail at any operation. A write that fails has written half. */
export function interruptedFileSystem(inner: FileSystem, { before, after }: Interruption): FileSystem {
  const run = async <T>(operation: string, path: string, work: () => Promise<T>): Promise<T> => {
    before?.(operation, path);
    const result = await work();
    after?.(operation, path);
    return result;
  };
  return {
    createFile: (path) =>
      run('create', path, async () => {
        const file = await inner.createFile(path);
        return {
          write: async (bytes) => {
            const half = Math.floor(bytes.length / 2);
            await file.write(bytes.subarray(0, half));
            await run('write', path, () => file.write(bytes.subarray(half)));
          },
          sync: () => run('sync', path, () => file.sync()),
          close: async () => {
            await file.close(); // also where it fails, so that no test leaves a file open
            await run('close', path, async () => undefined);
          },
        };
      }),
    readFile: (path) => run('read', path, () => inner.readFile(path)),
    stat: (path) => run('stat', path, () => inner.stat(path)),
    readFolder: (path) => run('readdir', path, () => inner.readFolder(path)),
    makeFolder: (path) => run('mkdir', path, () => inner.makeFolder(path)),
    rename: (from, to) => run('rename', to, () => inner.rename(from, to)),
    removeFile: (path) => run('unlink', path, () => inner.removeFile(path)),
    removeFolder: (path) => run('rmdir', path, () => inner.removeFolder(path)),
    syncFolder: (path) => run('sync folder', path, () => inner.syncFolder(path)),
  };
}
