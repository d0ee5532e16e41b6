import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { D3pmError, quoted } from '@d3pm/core';
import type { Download } from './download-options.ts';

/** A lock that its owner has not touched for so long is taken over. The owner touches it every STALE / 6. */
const STALE_MS = 30_000;
const RETRY_MS = 250;

/**
 * Runs `work` while this process alone fetches `path`; waits as long as another one does, and tells who that is. `work` is given a
 * download whose signal is also aborted when the lock is lost, for example after this process was suspended.
 */
export async function withFileLock<T>(download: Download, work: (download: Download) => Promise<T>): Promise<T> {
  const { path, signal } = download;
  const lost = new AbortController();
  const release = await take(download, (cause) =>
    lost.abort(new D3pmError('DOWNLOAD', `the lock of ${quoted(path)} was lost to another process; start it again`, { cause })),
  );
  try {
    await writeFile(ownerFile(path), JSON.stringify({ pid: process.pid, host: hostname() }));
    return await work({ ...download, signal: AbortSignal.any([signal, lost.signal]) });
  } catch (cause) {
    lost.signal.throwIfAborted();
    throw cause;
  } finally {
    if (!lost.signal.aborted) {
      await rm(ownerFile(path), { force: true });
      await release();
    }
  }
}

async function take({ path, fileName, signal, onNotice }: Download, onCompromised: (error: Error) => void): Promise<() => Promise<void>> {
  const options = { lockfilePath: `${path}.lock`, realpath: false, stale: STALE_MS, update: STALE_MS / 6, onCompromised };
  for (let told = ''; ;) {
    signal.throwIfAborted();
    try {
      return await lock(path, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    const owner = await ownerOf(path);
    if (owner !== told) onNotice(`${fileName}: waiting for ${(told = owner)}, which fetches it`);
    await setTimeout(RETRY_MS, undefined, { signal });
  }
}

const ownerFile = (path: string): string => `${path}.owner.json`;

async function ownerOf(path: string): Promise<string> {
  try {
    const { pid, host } = JSON.parse(await readFile(ownerFile(path), 'utf8')) as Readonly<Record<string, unknown>>;
    return `process ${Number(pid)} on ${quoted(String(host)).slice(1, -1)}`;
  } catch {
    return 'another process';
  }
}
