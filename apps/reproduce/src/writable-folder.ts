import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';

/**
 * Makes the folder of `--out`, and proves that it can be written to, before any work is done.
 *
 * @returns its whole path.
 * @throws {D3pmError} `INVALID_OPTIONS` naming the folder and what stands in the way.
 */
export async function writableFolder(path: string): Promise<string> {
  const folder = resolve(path);
  try {
    await mkdir(folder, { recursive: true });
    // A full disk still makes folders, and takes no byte.
    const probe = await mkdtemp(join(folder, '.d3pm-probe-'));
    try {
      await writeFile(join(probe, 'byte'), '.');
    } finally {
      await rm(probe, { recursive: true });
    }
  } catch (cause) {
    const { message } = cause as Error;
    throw new D3pmError('INVALID_OPTIONS', `--out: cannot write to ${folder} (${message}); choose another folder`, { cause });
  }
  return folder;
}
