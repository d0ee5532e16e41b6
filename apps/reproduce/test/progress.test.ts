import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createProgress } from '../src/progress.ts';

const written = (isTTY: boolean, quiet: boolean): string => {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 100,
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  const progress = createProgress({ stream: stream as unknown as NodeJS.WriteStream, quiet, intervalMs: 0 });
  progress.start('training', 4);
  progress.update(2, 'loss 3.10');
  progress.finish('loss 2.50');
  return String(stream.read() ?? '');
};

it('says phase, share, ETA and result in plain lines where there is no terminal', () => {
  expect(written(false, false)).toMatch(/^training …\ntraining: 2\/4 · ETA \d+ s · loss 3\.10\n✓ training: loss 2\.50 \(\d+\.\d s\)\n$/u);
});

it('draws a bar on a terminal and ends with one line', () => {
  expect(written(true, false)).toMatch(/✓ training: loss 2\.50\n$/u);
});

it('is silent when asked to be', () => {
  expect(written(false, true)).toBe('');
});
