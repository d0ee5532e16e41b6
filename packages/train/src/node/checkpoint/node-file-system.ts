import { mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import type { FileSystem } from './file-system.ts';

/** One call of the system writes or reads less than 2 GiB. */
const MAX_PIECE = 2 ** 28;

/** The disk, by `node:fs`. */
export const nodeFileSystem: FileSystem = {
  createFile: async (path) => {
    const file = await open(path, 'wx');
    return {
      write: async (bytes) => {
        for (let done = 0; done < bytes.length;) {
          done += (await file.write(bytes, done, Math.min(MAX_PIECE, bytes.length - done))).bytesWritten;
        }
      },
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  readFile: async (path) => {
    const file = await open(path, 'r');
    try {
      const bytes = new Uint8Array((await file.stat()).size);
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await file.read(bytes, done, Math.min(MAX_PIECE, bytes.length - done));
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    } finally {
      await file.close();
    }
  },
  stat: async (path) => {
    const facts = await stat(path);
    return { kind: facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : 'other', size: facts.size };
  },
  readFolder: (path) => readdir(path),
  makeFolder: (path) => mkdir(path),
  rename,
  removeFile: unlink,
  removeFolder: rmdir,
  syncFolder: async (path) => {
    if (process.platform === 'win32') return; // a folder cannot be opened there, and NTFS keeps a journal of names
    const folder = await open(path, 'r');
    try {
      await folder.sync().catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error; // some network disks cannot, and keep names in order
      });
    } finally {
      await folder.close();
    }
  },
};
