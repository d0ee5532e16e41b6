import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, suggestName, quoted } from '@d3pm/core';
import { keptFolder } from '../download/kept-download.ts';
import { knownDownloads, type KnownFileSet, type KnownFileSetName } from '../download/known-downloads.ts';

/** What the base directory specification of XDG says where `XDG_DATA_DIRS` is not set. */
const SHARED_DATA = '/usr/local/share:/usr/share';
/** What Debian's package dataset-fashion-mnist makes below one of them. */
const PACKAGED: Readonly<Record<string, readonly string[]>> = { 'fashion-mnist': ['datasets', 'fashion-mnist'] };
const NAMES: readonly KnownFileSetName[] = ['mnist', 'fashion-mnist'];

/**
 * Where the files of a data set are, without a path: what has been fetched, its SHA-256 checked, else what a package of the system has
 * installed.
 *
 * @throws {D3pmError} `DOWNLOAD` when they are in neither place; `INVALID_OPTIONS` for a name that is not known without a `download`
 */
export async function idxFolder(caller: string, name: string, download: KnownFileSet = knownFiles(caller, name)): Promise<string> {
  const kept = await keptFolder(download);
  if (kept.missing === undefined) return kept.path;
  const packaged = Object.hasOwn(PACKAGED, download.name) ? PACKAGED[download.name]! : undefined;
  const places = packaged === undefined ? [] : sharedFolders().map((folder) => join(folder, ...packaged));
  for (const place of places) if ((await stat(place).catch(() => undefined))?.isDirectory()) return place;
  const elsewhere = places.length === 0 ? '' : `, nor is there a folder ${places.map(quoted).join(' or ')}`;
  const install = packaged === undefined ? '' : ', install the package dataset-fashion-mnist of Debian';
  throw new D3pmError(
    'DOWNLOAD',
    `${caller}: no path is given, and ${quoted(kept.missing)} is not there${elsewhere}; fetch it with "d3pm download ${download.name}"${install}, or give the path of the folder with your copy`,
  );
}

function knownFiles(caller: string, name: string): KnownFileSet {
  const known = NAMES.find((one) => one === name);
  if (known !== undefined) return knownDownloads[known];
  throw new D3pmError(
    'INVALID_OPTIONS',
    `${caller}: ${quoted(name)} needs a path, to the folder with its four files; without one, ${suggestName(name, NAMES)}`,
  );
}

/** An empty part and one that is not absolute mean nothing, by the specification. */
function sharedFolders(): readonly string[] {
  return (process.env['XDG_DATA_DIRS'] || SHARED_DATA).split(':').filter((folder) => folder.startsWith('/'));
}
