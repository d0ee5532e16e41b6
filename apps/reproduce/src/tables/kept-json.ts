import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError } from '@d3pm/core';
import type { RunFolder } from '../run-folder.ts';

/** What is made once for the folder of a table, a JSON file that says of what it is. */
export interface KeptJson<T extends object> {
  /** @throws {D3pmError} `INVALID_DATA` for a file that is no JSON, `CONFIG_CHANGED` for one of something else */
  read(): Promise<T | undefined>;
  write(value: T): Promise<void>;
}

/** @param of A fingerprint of what decides the content. */
export function keptJson<T extends object>(folder: RunFolder, name: string, of: string): KeptJson<T> {
  const path = join(folder.path, name);
  return {
    read: async () => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return undefined;
      const { of: found, ...value } = parsed(text, path) as { readonly of: string } & T;
      if (found === of) return value as unknown as T;
      throw new D3pmError(
        'CONFIG_CHANGED',
        `table: ${path} is of another size or data set; choose another folder with --out, or delete the file`,
      );
    },
    write: (value) => folder.write(name, `${JSON.stringify({ of, ...value }, undefined, 1)}\n`),
  };
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new D3pmError('INVALID_DATA', `table: ${path} is no JSON; delete it, and it is made again`, { cause });
  }
}
