import { describe, expect, it } from 'vitest';
import { watchProcess } from '../../src/node/run/watch-process.ts';

const WATCHED = ['SIGHUP', 'SIGINT', 'SIGTERM', 'uncaughtException'];
const counts = (): readonly number[] => WATCHED.map((event) => process.listenerCount(event));

// What the handlers do is tested on real processes, in train-run-signals.test.ts.
describe('watchProcess', () => {
  it('puts its handlers on, takes them off again, and stays deaf to closed outputs', () => {
    const before = counts();
    const outputs = process.stdout.listenerCount('error');
    const watch = watchProcess();
    expect(counts()).toEqual(before.map((count) => count + 1));
    expect(watch.signal.aborted).toBe(false);
    watch.dispose();
    watch.dispose();
    expect(counts()).toEqual(before);
    expect(process.stdout.listenerCount('error')).toBe(outputs + 1);
  });
});
