import { mkdir, rename } from 'node:fs/promises';
import { D3pmError, quoted } from '@d3pm/core';
import { byHand } from './by-hand.ts';
import { fileFacts, mismatch, type FileFacts } from './checked-file.ts';
import type { DownloadFailure } from './download-failure.ts';
import type { Download, FetchFileOptions } from './download-options.ts';
import { explainFileError } from './explain-file-error.ts';
import { keepFile } from './keep-file.ts';
import { partialBytes, partialPath, readPartial, removeState } from './partial-file.ts';
import { toDownload } from './to-download.ts';
import { transfer } from './transfer.ts';
import { shownAddress } from './web-address.ts';
import { withFileLock } from './with-file-lock.ts';

export interface FetchedFile extends FileFacts {
  readonly path: string;
  /** Whether it came over the network now. */
  readonly fetched: boolean;
}

/**
 * A complete, checked file in the cache: what is there, else what `url` gives. No request is made for a file that is there.
 *
 * It is written to `NAME.partial` and renamed when it is complete. What a broken try has left is gone on with, as long as the server
 * still has the same version. One process fetches it, others wait. A file that is not the expected one is kept as `NAME.bad`.
 *
 * @throws {D3pmError} `DOWNLOAD` when it cannot be fetched or kept, with the reason for each address and the way to place it by hand;
 * `INVALID_DATA` when it has another length or SHA-256 than expected, with both; `INVALID_OPTIONS`; the reason of an aborted signal as it is
 */
export async function fetchFile(options: FetchFileOptions): Promise<FetchedFile> {
  return fetchDownload('fetchFile', toDownload('fetchFile', options));
}

/** The same, for another caller's messages. */
export async function fetchDownload(caller: string, download: Download): Promise<FetchedFile> {
  try {
    const there = await presentFile(caller, download);
    if (there !== undefined) return there;
    if (download.offline) {
      throw new D3pmError('DOWNLOAD', `${caller}: ${quoted(download.path)} is not there, and offline is set; ${byHand(download)}`);
    }
    await mkdir(download.folder, { recursive: true });
    return await withFileLock(download, async (locked) => (await presentFile(caller, locked)) ?? (await fetchAnew(caller, locked)));
  } catch (cause) {
    download.signal.throwIfAborted();
    throw explainFileError(caller, cause, download);
  }
}

async function presentFile(caller: string, download: Download): Promise<FetchedFile | undefined> {
  const facts = await fileFacts(download.path, download.signal);
  if (facts === 'missing') return undefined;
  if (facts === 'no file') throw notAFile(caller, download.path);
  await assertExpected(caller, download.path, facts, download);
  return { path: download.path, ...facts, fetched: false };
}

async function fetchAnew(caller: string, download: Download): Promise<FetchedFile> {
  const { path, fileName, sha256, onNotice } = download;
  await transferFromAny(caller, download);
  const facts = await fileFacts(partialPath(path), download.signal);
  if (typeof facts === 'string') throw notAFile(caller, partialPath(path));
  await removeState(path);
  await assertExpected(caller, partialPath(path), facts, download);
  await keepFile(partialPath(path), path);
  if (sha256 === undefined) onNotice(`${fileName}: no sha256 is known for it; this one has ${facts.sha256}, give that to have it checked`);
  return { path, ...facts, fetched: true };
}

function notAFile(caller: string, path: string): D3pmError {
  return new D3pmError('DOWNLOAD', `${caller}: ${quoted(path)} is no file; move it away, or give another folder`);
}

/** A file that is not the expected one is put aside, so that the next call fetches it anew and nobody reads it meanwhile. */
async function assertExpected(caller: string, found: string, facts: FileFacts, download: Download): Promise<void> {
  const difference = mismatch(facts, download);
  if (difference === undefined) return;
  const bad = `${download.path}.bad`;
  const kept = await rename(found, bad).then(
    () => bad,
    () => found,
  );
  const way = `it is kept as ${quoted(kept)}; call again to fetch it anew, and compare the address if it comes to the same`;
  throw new D3pmError('INVALID_DATA', `${caller}: ${quoted(download.fileName)} is not the expected file: ${difference}; ${way}`);
}

/** Fills the partial file from the first address that gives all of it. */
async function transferFromAny(caller: string, download: Download): Promise<void> {
  const failures: string[] = [];
  const causes: unknown[] = [];
  for (const url of download.urls) {
    const failure = await transferWithRetries(url, download);
    if (failure === undefined) return;
    failures.push(`${shownAddress(url)}: ${failure.reason}`);
    causes.push(failure.cause);
    if (url !== download.urls.at(-1)) download.onNotice(`${download.fileName}: ${failures.at(-1)}; trying another address`);
  }
  const message = `${caller}: ${quoted(download.fileName)} could not be fetched; ${failures.join('; ')}; ${byHand(download)}`;
  throw new D3pmError('DOWNLOAD', message, { cause: causes.length === 1 ? causes[0] : new AggregateError(causes) });
}

async function transferWithRetries(url: string, download: Download): Promise<DownloadFailure | undefined> {
  const { path, fileName, signal, retries, retryDelayMs, maxRetryDelayMs, wait, onNotice } = download;
  let furthest = (await readPartial(path, url))?.bytes ?? 0;
  for (let tries = 0; ;) {
    const failure = await transfer(url, download);
    if (failure === undefined) return undefined;
    const bytes = await partialBytes(path);
    // A file that grows is not given up, but one that is begun anew each time is.
    if (bytes > furthest) tries = 0;
    furthest = Math.max(furthest, bytes);
    if (!failure.retry || tries >= retries) return failure;
    const delay = Math.min(failure.waitMs ?? retryDelayMs * 2 ** tries, maxRetryDelayMs);
    tries++;
    onNotice(`${fileName}: ${shownAddress(url)}: ${failure.reason}; trying again in ${delay} ms`);
    await wait(delay, signal);
  }
}
