import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createProgress } from '../src/progress.ts';

const written = (isTTY: boolean, { quiet = false, json = false } = {}): string => {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 100,
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  const progress = createProgress({ stream: stream as unknown as NodeJS.WriteStream, quiet, json, intervalMs: 0 });
  progress.start('training', 4);
  progress.update(2, 'loss 3.10');
  progress.finish('loss 2.50');
  return String(stream.read() ?? '');
};

it('says phase, share, ETA and result in plain lines where there is no terminal', () => {
  expect(written(false)).toMatch(/^training …\ntraining: 2\/4 · ETA \d+ s · loss 3\.10\n✓ training: loss 2\.50 \(\d+\.\d s\)\n$/u);
});

it('draws a bar on a terminal and ends with one line', () => {
  expect(written(true)).toMatch(/✓ training: loss 2\.50\n$/u);
});

it.each([true, false])('with json says the same as lines of JSON, on a terminal (%s) or not', (isTTY) => {
  const lines = written(isTTY, { json: true })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  const seconds = expect.any(Number) as number;
  expect(lines).toEqual([
    { phase: 'training', total: 4 },
    { phase: 'training', total: 4, done: 2, etaSeconds: seconds, note: 'loss 3.10' },
    { phase: 'training', total: 4, seconds, summary: 'loss 2.50' },
  ]);
});

it('is silent when asked to be', () => {
  expect(written(false, { quiet: true })).toBe('');
});
