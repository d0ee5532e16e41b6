import { resolve } from 'node:path';
import { D3pmError, suggestName, quoted } from '@d3pm/core';
import { fileFacts, mismatch } from './checked-file.ts';
import type { TransferOptions } from './download-options.ts';
import { fetchDownload, type FetchedFile } from './fetch-file.ts';
import { knownDownloads, type KnownDownload, type KnownDownloadName, type KnownFile } from './known-downloads.ts';
import { toDownload } from './to-download.ts';

export interface ObtainFileOptions extends TransferOptions {
  /** One of `knownDownloads`, or what describes another. */
  readonly name: KnownDownloadName | KnownDownload;
  /** A copy that the user has: it is checked, and used where it is. */
  readonly fromFile?: string;
}

/**
 * The archive of a data set of the paper: the user's own copy, else that of the cache, else fetched. See `fetchFile`.
 *
 * @throws {D3pmError} as `fetchFile`; `UNKNOWN_NAME`; `INVALID_DATA` for a `fromFile` that is missing or is not the expected file, which
 * is left as it is
 */
export async function obtainFile({ name, ...options }: ObtainFileOptions): Promise<FetchedFile> {
  return obtainKnownFile('obtainFile', typeof name === 'string' ? knownDownload(name) : name, options);
}

/** The same of any file, for another caller's messages. */
export async function obtainKnownFile(
  caller: string,
  { urls, fileName, sha256, size }: KnownFile,
  { fromFile, ...options }: Omit<ObtainFileOptions, 'name'>,
): Promise<FetchedFile> {
  const facts = { ...(sha256 === undefined ? {} : { sha256 }), ...(size === undefined ? {} : { size }) };
  const download = toDownload(caller, { ...options, url: urls, fileName, ...facts });
  if (fromFile === undefined) return fetchDownload(caller, download);
  const path = resolve(fromFile);
  const refusal = (reason: string, cause?: unknown): D3pmError =>
    new D3pmError('INVALID_DATA', `${caller}: fromFile ${quoted(path)} does not serve: ${reason}`, { cause });
  const found = await fileFacts(path, download.signal).catch((cause: unknown) => {
    download.signal.throwIfAborted();
    throw refusal((cause as Error).message, cause);
  });
  if (found === 'missing') throw refusal('there is no such file');
  if (found === 'no file') throw refusal('it is no file');
  const difference = mismatch(found, download);
  if (difference !== undefined) throw refusal(`it is not ${fileName} as published: ${difference}`);
  if (sha256 === undefined) download.onNotice(`${fileName}: no sha256 is known for it; this one has ${found.sha256}`);
  return { path, ...found, fetched: false };
}

function knownDownload(name: string): KnownDownload {
  const known = Object.hasOwn(knownDownloads, name) ? knownDownloads[name as keyof typeof knownDownloads] : undefined;
  if (known !== undefined && !('files' in known)) return known;
  if (known !== undefined)
    throw new D3pmError('INVALID_OPTIONS', `obtainFile: "${name}" is ${known.files.length} files; obtainFiles fetches them`);
  throw new D3pmError(
    'UNKNOWN_NAME',
    `obtainFile: no download is named ${quoted(name)}; ${suggestName(name, Object.keys(knownDownloads))}`,
  );
}
