import { describe, expect, it } from 'vitest';
import { busyTicks, othersShare, processTicks } from '../src/processor-time.ts';

describe('/proc', () => {
  it('all that is not idle or waiting is busy', () =>
    expect(busyTicks('cpu  100 20 30 4000 50 6 7 8 900 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n')).toBe(100 + 20 + 30 + 6 + 7 + 8));

  it('a process may be called anything', () =>
    expect(processTicks('42 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 11 0 99')).toBe(300));
});

describe('othersShare', () => {
  it('is what is left of the busy time without our own', async () => {
    const { availableParallelism } = await import('node:os');
    const seconds = 10;
    const machine = seconds * availableParallelism();
    const share = othersShare({ everything: 100, own: 5 }, { everything: 100 + 0.75 * machine, own: 5 + 0.5 * machine }, seconds);
    expect(share).toBeCloseTo(0.25, 12);
  });

  it('is never below 0, for ticks are coarse', () =>
    expect(othersShare({ everything: 0, own: 0 }, { everything: 1, own: 1.01 }, 1)).toBe(0));

  it('is not known where there is no /proc', () => expect(othersShare(undefined, { everything: 1, own: 1 }, 1)).toBeUndefined());
});
