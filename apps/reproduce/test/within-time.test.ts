import { describe, expect, it } from 'vitest';
import { withinTime } from '../src/tables/within-time.ts';

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));

describe('withinTime', () => {
  it('ends in order when the time is up: what can be finished is, and the exit code is 0', async () => {
    const end = await withinTime({ minutes: 1e-4, quiet: true }, async (signals) => {
      expect(await aborted(signals.end)).toEqual({ exitCode: 0 });
      expect(signals.process.aborted).toBe(false);
      return signals.end.reason as { readonly exitCode: number };
    });
    expect(end).toEqual({ exitCode: 0 });
  });

  it('does not end before, however many minutes there are', async () => {
    const end = await withinTime({ minutes: 1e9, quiet: true }, async ({ end }) => {
      await new Promise((resolve) => setTimeout(resolve, 1200));
      return end.aborted ? { exitCode: 1 } : undefined;
    });
    expect(end).toBeUndefined();
  });

  it('passes an error of the work on', async () => {
    await expect(withinTime({ quiet: true }, () => Promise.reject(new Error('the work failed')))).rejects.toThrow('the work failed');
  });
});
