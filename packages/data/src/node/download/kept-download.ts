import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { dataFolder } from './data-folder.ts';
import type { KnownDownload, KnownFileSet } from './known-downloads.ts';
import { obtainFile } from './obtain-file.ts';
import { obtainFiles } from './obtain-files.ts';

/**
 * Where `d3pm download` has put an archive. No connection is made.
 *
 * @throws {D3pmError} `DOWNLOAD` when it is not there, with the command that fetches it
 */
export async function keptPath(caller: string, { name, fileName }: KnownDownload): Promise<string> {
  const path = join(dataFolder(), fileName);
  if (await stat(path).catch(() => undefined)) return path;
  throw new D3pmError(
    'DOWNLOAD',
    `${caller}: no path is given, and ${quoted(path)} is not there; fetch it with "d3pm download ${name}", or give the path of your copy`,
  );
}

/** The same, its SHA-256 checked. @throws {D3pmError} also `INVALID_DATA`, as `obtainFile` */
export async function keptDownload(caller: string, download: KnownDownload): Promise<string> {
  await keptPath(caller, download);
  return (await obtainFile({ name: download, offline: true })).path;
}

/** The folder where `d3pm download` has put several files, their SHA-256 checked, or else a file that is not there. No connection is made. */
export async function keptFolder(
  set: KnownFileSet,
): Promise<{ readonly path: string; readonly missing?: undefined } | { readonly missing: string }> {
  const folder = join(dataFolder(), set.name);
  for (const { fileName } of set.files) {
    const path = join(folder, fileName);
    if ((await stat(path).catch(() => undefined)) === undefined) return { missing: path };
  }
  return { path: (await obtainFiles({ name: set, offline: true })).path };
}
