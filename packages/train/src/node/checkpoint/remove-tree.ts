import { join } from 'node:path';
import { fileErrorCode } from './explained-file-system.ts';
import type { FileSystem } from './file-system.ts';

/** Removes a file, a link (not what it leads to) or a folder with all in it; nothing there is no error. */
export async function removeTree(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.removeFile(path);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'ENOENT') return;
    if (code !== 'EISDIR' && code !== 'EPERM') throw error; // Linux and macOS say so of a folder
    for (const name of await fileSystem.readFolder(path)) await removeTree(fileSystem, join(path, name));
    await fileSystem.removeFolder(path);
  }
}
