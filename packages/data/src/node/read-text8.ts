import { readFile } from 'node:fs/promises';
import { D3pmError, isD3pmError } from '@d3pm/core';
import { text8Dataset, type Text8, type Text8Options } from '../text8-dataset.ts';

export interface ReadText8Options extends Text8Options {
  readonly path: string;
}

/**
 * Reads a file in the format of text8, a–z and space and nothing else: see {@link text8Dataset}.
 *
 * @throws {D3pmError} `INVALID_DATA`, with the path, when the file is missing, unreadable, empty,
 * too short, or has any other byte (with its offset): a line end, an upper-case letter, UTF-8.
 */
export async function readText8({ path, ...options }: ReadText8Options): Promise<Text8> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : message;
    throw new D3pmError('INVALID_DATA', `readText8: cannot read ${path}: ${reason}`, { cause });
  });
  try {
    return text8Dataset(bytes, options);
  } catch (cause) {
    if (!isD3pmError(cause) || cause.code !== 'INVALID_DATA') throw cause;
    throw new D3pmError('INVALID_DATA', `readText8: ${path}: ${cause.message}`, { cause });
  }
}
