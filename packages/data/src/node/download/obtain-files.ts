import { join, resolve } from 'node:path';
import { D3pmError, suggestName, quoted } from '@d3pm/core';
import { dataFolder } from './data-folder.ts';
import type { TransferOptions } from './download-options.ts';
import type { FetchedFile } from './fetch-file.ts';
import { knownDownloads, type KnownDownload, type KnownFileSet } from './known-downloads.ts';
import { obtainKnownFile } from './obtain-file.ts';

export interface ObtainFilesOptions extends TransferOptions {
  /** One of `knownDownloads`, or what describes another. */
  readonly name: keyof typeof knownDownloads | KnownDownload | KnownFileSet;
  /** A copy that the user has, the archive, or the folder with all the files: it is checked, and used where it is. */
  readonly fromFile?: string;
}

export interface ObtainedFiles {
  /** The archive, or the folder with the files. */
  readonly path: string;
  /** One for an archive, else each in turn. */
  readonly files: readonly FetchedFile[];
}

/**
 * A data set that is published as one archive or as several files: the user's own copy, else that of the cache, else fetched, one file after
 * another. Several are kept in a folder of its name. `onProgress` tells the bytes of all of them together. See `fetchFile`.
 *
 * @throws {D3pmError} as `obtainFile`
 */
export async function obtainFiles({ name, fromFile, ...options }: ObtainFilesOptions): Promise<ObtainedFiles> {
  const known = typeof name === 'string' ? knownSet(name) : name;
  if (!('files' in known)) {
    const file = await obtainKnownFile('obtainFiles', known, { ...options, ...(fromFile !== undefined && { fromFile }) });
    return { path: file.path, files: [file] };
  }
  const folder = join(options.folder ?? dataFolder(), known.name);
  const total = sumOf(known.files.map(({ size }) => size));
  const files: FetchedFile[] = [];
  for (const file of known.files) {
    const before = sumOf(files.map(({ size }) => size))!;
    const onProgress: TransferOptions['onProgress'] = ({ received, resumedFrom }) =>
      options.onProgress?.({ received: before + received, total, resumedFrom: before + resumedFrom });
    const copy = fromFile === undefined ? {} : { fromFile: join(fromFile, file.fileName) };
    files.push(await obtainKnownFile('obtainFiles', file, { ...options, folder, onProgress, ...copy }));
  }
  return { path: resolve(fromFile ?? folder), files };
}

/** Undefined where one is not known. */
function sumOf(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
}

function knownSet(name: string): KnownDownload | KnownFileSet {
  if (Object.hasOwn(knownDownloads, name)) return knownDownloads[name as keyof typeof knownDownloads];
  throw new D3pmError(
    'UNKNOWN_NAME',
    `obtainFiles: no download is named ${quoted(name)}; ${suggestName(name, Object.keys(knownDownloads))}`,
  );
}
