import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { D3pmError } from '@d3pm/core';
import type { StepContext } from './provision-event.ts';

/** A lock that its owner has not touched for so long is taken over. The owner touches it every STALE / 6. */
const STALE_MS = 30_000;
const RETRY_MS = 250;

/**
 * Runs `work` while this process alone has the lock beside `path`; waits for it as long as another one has it, and tells who that is.
 * `work` is given a signal that is also aborted when the lock is lost, for example to another process after this one was suspended.
 */
export async function withLock<T>(path: string, { report, signal }: StepContext, work: (context: StepContext) => Promise<T>): Promise<T> {
  const lost = new AbortController();
  const release = await take(path, { report, signal }, (cause) =>
    lost.abort(new D3pmError('ENGINE', `the lock of ${path} was lost; start it again`, { cause })),
  );
  try {
    await writeFile(ownerFile(path), JSON.stringify({ pid: process.pid, host: hostname() }));
    return await work({ report, signal: AbortSignal.any([signal, lost.signal]) });
  } finally {
    if (!lost.signal.aborted) {
      await rm(ownerFile(path), { force: true });
      await release();
    }
  }
}

async function take(path: string, { report, signal }: StepContext, onCompromised: (error: Error) => void): Promise<() => Promise<void>> {
  const options = { lockfilePath: `${path}.lock`, realpath: false, stale: STALE_MS, update: STALE_MS / 6, onCompromised };
  for (let told = ''; ;) {
    signal.throwIfAborted();
    try {
      return await lock(path, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    const owner = await ownerOf(path);
    if (owner !== told) report({ step: 'wait', detail: (told = owner) });
    await setTimeout(RETRY_MS, undefined, { signal });
  }
}

const ownerFile = (path: string): string => `${path}.owner.json`;

async function ownerOf(path: string): Promise<string> {
  try {
    const { pid, host } = JSON.parse(await readFile(ownerFile(path), 'utf8')) as { readonly pid: number; readonly host: string };
    return `process ${pid} on ${host} is preparing it`;
  } catch {
    return 'another process is preparing it';
  }
}
