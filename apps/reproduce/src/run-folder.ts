import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';
import writeFileAtomic from 'write-file-atomic';

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
  const folder = resolve(path);
  const write = (name: string, content: string | Uint8Array): Promise<void> =>
    writeFileAtomic(join(folder, name), typeof content === 'string' ? content : Buffer.from(content));
  try {
    await mkdir(folder, { recursive: true });
    await write('README.txt', `Results of a run of d3pm. Open ${page}.\n`);
  } catch (cause) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `createRunFolder: cannot write to ${folder} (${(cause as Error).message}); choose another folder with --out`,
      { cause },
    );
  }
  return { path: folder, write };
}
