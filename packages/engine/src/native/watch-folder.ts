import { setInterval } from 'node:timers/promises';
import { fileSizes } from './file-sizes.ts';

const INTERVAL_MS = 500;

/**
 * Tells how many bytes the largest file in a folder has, twice a second, for as long as `work` takes: how much of a download is there.
 * The sum would count a file twice that is copied at the end.
 */
export async function watchFolder<T>(folder: string, tell: (bytes: number) => void, work: () => Promise<T>): Promise<T> {
  const finished = new AbortController();
  const watching = watch(folder, finished.signal, tell);
  try {
    return await work();
  } finally {
    finished.abort();
    await watching;
  }
}

async function watch(folder: string, signal: AbortSignal, tell: (bytes: number) => void): Promise<void> {
  try {
    for await (const _ of setInterval(INTERVAL_MS, undefined, { signal })) tell(Math.max(0, ...(await fileSizes(folder))));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
