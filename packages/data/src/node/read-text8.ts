import { readFile } from 'node:fs/promises';
import { D3pmError, isD3pmError } from '@d3pm/core';
import { text8Dataset, type Text8, type Text8Options } from '../text8-dataset.ts';
import { zipMembers } from './archives/zip-members.ts';
import { keptDownload } from './download/kept-download.ts';
import { knownDownloads, type KnownDownload } from './download/known-downloads.ts';

export interface ReadText8Options extends Text8Options {
  /** A file in the format of text8, or a zip with one named text8. @defaultValue what `d3pm download text8` has put into the cache folder */
  readonly path?: string;
  /** What is read there without a `path`. @defaultValue knownDownloads.text8 */
  readonly download?: KnownDownload;
}

const MEMBER = 'text8';
const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** Ten times text8. */
const MAX_BYTES = 1e9;

/**
 * Reads a file in the format of text8, a–z and space and nothing else: see {@link text8Dataset}. No connection is made.
 *
 * @throws {D3pmError} `INVALID_DATA`, with the path, when the file is missing, unreadable, empty,
 * too short, or has any other byte (with its offset): a line end, an upper-case letter, UTF-8. `DOWNLOAD` without a path, when text8
 * has not been fetched.
 */
export async function readText8({ path, download = knownDownloads.text8, ...options }: ReadText8Options): Promise<Text8> {
  const file = path ?? (await keptDownload('readText8', download));
  const bytes = await readFile(file).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : message;
    throw new D3pmError('INVALID_DATA', `readText8: cannot read ${file}: ${reason}`, { cause });
  });
  try {
    return text8Dataset(await textOf(file, bytes), options);
  } catch (cause) {
    if (!isD3pmError(cause) || cause.code !== 'INVALID_DATA') throw cause;
    throw new D3pmError('INVALID_DATA', `readText8: ${file}: ${cause.message}`, { cause });
  }
}

async function textOf(file: string, bytes: Uint8Array): Promise<Uint8Array> {
  if (!ZIP.every((byte, i) => bytes[i] === byte)) return bytes;
  return (await zipMembers(bytes, [MEMBER], { maxBytes: MAX_BYTES, archiveName: file })).get(MEMBER)!;
}
