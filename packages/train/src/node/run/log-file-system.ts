import { open, truncate } from 'node:fs/promises';
import type { FileSystem, WritableFile } from '../checkpoint/file-system.ts';
import { nodeFileSystem } from '../checkpoint/node-file-system.ts';

/** A file that grows at its end. */
export interface AppendableFile extends WritableFile {
  /** Bytes of the file when it was opened. */
  readonly size: number;
  /** Cuts the file to its first `size` bytes. */
  truncate(size: number): Promise<void>;
}

/** What a log does to a disk: all that checkpoints do, and appending. */
export interface LogFileSystem extends FileSystem {
  /** Opens a file to append to, and creates it where there is none. */
  appendFile(path: string): Promise<AppendableFile>;
}

/** The disk, by `node:fs`. */
export const nodeLogFileSystem: LogFileSystem = {
  ...nodeFileSystem,
  appendFile: async (path) => {
    const file = await open(path, 'a');
    return {
      size: (await file.stat()).size,
      write: (bytes) => file.appendFile(bytes),
      truncate: (size) => truncate(path, size), // Windows lets nobody cut a file that is open to append
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
};
