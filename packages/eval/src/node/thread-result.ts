import { Worker } from 'node:worker_threads';

export interface ThreadResultOptions {
  /** Names the caller in errors. */
  readonly caller: string;
  /** Copied to the thread as its `workerData`. */
  readonly task: unknown;
  /** Ends the thread at once; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The first message of a thread that runs a module; the thread is ended when it is there.
 *
 * @throws What the thread threw; an `Error` when it ends without a message, of memory or by `process.exit`.
 */
export async function threadResult<T>(file: URL, { caller, task, signal }: ThreadResultOptions): Promise<T> {
  signal?.throwIfAborted();
  // Flags of this process such as --input-type are not for a file.
  const worker = new Worker(file, { workerData: task, execArgv: [] });
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      onAbort = () => reject(signal!.reason as Error);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`${caller}: its thread ended with code ${code} before there was a result`)));
    });
  } finally {
    if (onAbort) signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
