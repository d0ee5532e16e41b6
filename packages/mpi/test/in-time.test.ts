import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inTime } from '../src/in-time.ts';

const late = (): Error => new Error('late');

it('gives what the work gives', async () => {
  await expect(inTime(Promise.resolve(), 60, late)).resolves.toBeUndefined();
  await expect(inTime(Promise.reject(new Error('broken')), 60, late)).rejects.toThrow('broken');
});

it('is late where the work is', async () => {
  await expect(inTime(sleep(5000, undefined, { ref: false }), 0.02, late)).rejects.toThrow('late');
});

it('is not late where the work has ended while the event loop stood still', async () => {
  const work = new Promise<void>((resolve) => {
    setTimeout(() => {
      const until = performance.now() + 60;
      while (performance.now() < until);
      setTimeout(() => resolve(), 0);
    }, 10);
  });
  await expect(inTime(work, 0.03, late)).resolves.toBeUndefined();
});
