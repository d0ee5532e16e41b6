import { join } from 'node:path';
import { writableFolder } from './writable-folder.ts';
import { writeWholeFile } from './write-whole-file.ts';

/** Where a run leaves its results. */
export interface RunFolder {
  readonly path: string;
  /** Writes a whole file or none: a reader never sees half of one. */
  write(name: string, content: string | Uint8Array): Promise<void>;
}

/**
 * Makes the folder, and proves that it can be written to, before any work is done.
 *
 * @param page What people are told to open.
 * @throws {D3pmError} `INVALID_OPTIONS` naming the folder and what stands in the way.
 */
export async function createRunFolder(path: string, page = 'index.html'): Promise<RunFolder> {
  const folder = await writableFolder(path);
  const write = (name: string, content: string | Uint8Array): Promise<void> => writeWholeFile(join(folder, name), content);
  await write('README.txt', `Results of a run of d3pm. Open ${page}.\n`);
  return { path: folder, write };
}
