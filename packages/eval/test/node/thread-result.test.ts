import { describe, expect, it } from 'vitest';
import { threadResult } from '../../src/node/thread-result.ts';

const run = (code: string, signal?: AbortSignal): Promise<unknown> =>
  threadResult(
    new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from 'node:worker_threads'; ${code}`)}`),
    {
      caller: 'square',
      task: 7,
      signal,
    },
  );

describe('a thread', () => {
  it('gives what it sends first', async () => {
    expect(await run('parentPort.postMessage(workerData ** 2); setInterval(() => {}, 1000)')).toBe(49);
  });

  it('[31] that dies is an error, not silence', async () => {
    await expect(run('process.exit(3)')).rejects.toThrow('square: its thread ended with code 3 before there was a result');
    await expect(run('')).rejects.toThrow('ended with code 0');
  });

  it('[31] that throws rejects with what it threw', async () => {
    await expect(run('throw new RangeError("too long")')).rejects.toThrow('too long');
  });

  it('is ended by a signal', async () => {
    const abort = new AbortController();
    const result = run('setInterval(() => {}, 1000)', abort.signal);
    abort.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
    await expect(run('', AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});
