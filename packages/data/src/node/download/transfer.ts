import { open, writeFile, type FileHandle } from 'node:fs/promises';
import type { Download } from './download-options.ts';
import { failureOfNetwork, type DownloadFailure } from './download-failure.ts';
import { partialPath, readPartial, removePartial, writeState } from './partial-file.ts';
import { HTML, readAnswer, startsAsPage } from './read-answer.ts';
import { request } from './request.ts';

/** So many bytes show whether a file is a web page. */
const HEAD = 64;

/**
 * One try to fetch what is missing of the partial file. The caller has the lock.
 *
 * @returns undefined when the partial file is complete; rejects with an error of the file system, or the reason of an aborted signal
 */
export async function transfer(url: string, download: Download): Promise<DownloadFailure | undefined> {
  const partial = await readPartial(download.path, url);
  if (partial !== undefined && partial.bytes === partial.size) return undefined;
  const range: Record<string, string> = partial === undefined ? {} : { range: `bytes=${partial.bytes}-`, 'if-range': partial.validator };
  const idle = watchIdle(download);
  const response = await idle.failureOr(request(url, { 'accept-encoding': 'identity', ...range }, download, idle.signal));
  try {
    if ('reason' in response) return response;
    const answer = readAnswer(response, partial, download.size);
    switch (answer.kind) {
      case 'complete':
        return undefined;
      case 'failure':
        return answer;
      case 'restart':
        await removePartial(download.path);
        return { reason: answer.reason, retry: true, waitMs: 0 };
      case 'body': {
        if (partial !== undefined && answer.start === 0) download.onNotice(`${download.fileName}: the server sends the whole file again`);
        const file = await openPartial(url, response.headers, answer, download);
        try {
          return await writeBody(response, file, answer, download, idle);
        } finally {
          await file.close();
        }
      }
    }
  } finally {
    idle.end();
  }
}

interface Part {
  readonly start: number;
  readonly total: number | undefined;
}

async function openPartial(url: string, headers: Headers, { start, total }: Part, { path }: Download): Promise<FileHandle> {
  if (start === 0) {
    await writeFile(partialPath(path), '');
    const [etag, lastModified] = [headers.get('etag') ?? undefined, headers.get('last-modified') ?? undefined];
    await writeState(path, { url, etag, lastModified, size: total });
  }
  return open(partialPath(path), 'a');
}

async function writeBody(
  { body }: Response,
  file: FileHandle,
  { start, total: said }: Part,
  { path, size, onProgress }: Download,
  idle: Idle,
): Promise<DownloadFailure | undefined> {
  const total = said ?? size;
  const refuse = async (reason: string): Promise<DownloadFailure> => {
    await removePartial(path);
    return { reason, retry: false };
  };
  const reader = body?.getReader();
  let received = start;
  let head = new Uint8Array(0);
  for (;;) {
    const next = await idle.failureOr(reader?.read() ?? Promise.resolve({ done: true as const, value: undefined }));
    if ('reason' in next) return { ...next, reason: `${next.reason}, at byte ${received}${total === undefined ? '' : ` of ${total}`}` };
    if (next.done) break;
    received += next.value.length;
    if (start === 0 && head.length < HEAD) head = Uint8Array.from([...head, ...next.value.subarray(0, HEAD - head.length)]);
    if (startsAsPage(head)) return refuse(HTML);
    if (total !== undefined && received > total) return refuse(`it sends more than the ${total} bytes of the file`);
    await file.writeFile(next.value);
    onProgress({ received, total, resumedFrom: start });
  }
  if (said !== undefined && received < said) return { reason: `it has sent only ${received} bytes of ${said}`, retry: true };
  return total === undefined || received === total ? undefined : refuse(`it has sent ${received} bytes, expected ${total}`);
}

/** A clock that is wound before each step, and ends the connection when it runs down. */
interface Idle {
  readonly signal: AbortSignal;
  /** What `work` gives, or why it failed. Rejects when the caller's signal is aborted. */
  failureOr<T>(work: Promise<T>): Promise<T | DownloadFailure>;
  /** Ends the connection, if it is still there. */
  end(): void;
}

function watchIdle({ signal, idleTimeoutMs }: Download): Idle {
  const stalled = new AbortController();
  const clock = setTimeout(() => stalled.abort(), idleTimeoutMs);
  return {
    signal: AbortSignal.any([signal, stalled.signal]),
    failureOr: async (work) => {
      try {
        clock.refresh();
        return await work;
      } catch (cause) {
        signal.throwIfAborted();
        return stalled.signal.aborted ? { reason: `nothing came for ${idleTimeoutMs} ms`, retry: true, cause } : failureOfNetwork(cause);
      }
    },
    end: () => {
      clearTimeout(clock);
      stalled.abort();
    },
  };
}
