import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireRunLock } from '@d3pm/train/node';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followFile } from '../src/dash/follow-file.ts';
import { keptPoints } from '../src/dash/kept-points.ts';
import { createLineSplitter } from '../src/dash/line-splitter.ts';
import { stateOfRun } from '../src/dash/run-state.ts';
import { openInRun } from '../src/run-files/open-in-run.ts';
import { makeRun } from './made-run.ts';

let folder: string;
let run: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'd3pm-dash-')));
  run = join(folder, 'run-1');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('stateOfRun', () => {
  const state = (log = '', now = Date.now()): ReturnType<typeof stateOfRun> => stateOfRun(run, { log, now });
  const at = '2026-01-01T00:00:00.000Z';

  it('knows by the lock whether a run is being trained', async () => {
    makeRun(run, {});
    expect(await state()).toEqual({ state: 'waiting', words: 'nothing has been trained here yet' });
    const lock = await acquireRunLock(run, { onLost: () => undefined });
    expect(await state(`${at} begun\n`)).toEqual({ state: 'running', words: `process ${process.pid} on host ${hostname()}` });
    await lock.release();
    expect((await state(`${at} begun\n`)).state).toBe('stopped');
  });

  it('takes a lock that was left behind for none', async () => {
    makeRun(run, {});
    const { pid } = spawnSync(process.execPath, ['--version']);
    const lock = await acquireRunLock(run, { onLost: () => undefined });
    const [owner] = readdirSync(join(run, 'run.lock'));
    const path = join(run, 'run.lock', owner!);
    const own = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...own, pid }));
    expect((await state()).state).toBe('waiting');
    writeFileSync(path, JSON.stringify({ ...own, host: 'another' }));
    expect(await state()).toEqual({ state: 'running', words: `process ${process.pid} on host another` });
    expect((await state('', Date.now() + 61_000)).state).toBe('waiting');
    writeFileSync(path, '{');
    expect((await state()).state).toBe('running');
    await lock.release();
  });

  it.each([
    [`${at} begun\n${at} finished\n`, 'finished', 'all steps are done'],
    [`${at} begun\n${at} stopped\n`, 'stopped', 'it was stopped, and saved; the same command goes on'],
    [
      `${at} begun\n${at} stopped\n${at} going on from step 5\n`,
      'stopped',
      'its process is gone without a word; the same command goes on from the last checkpoint',
    ],
    [`${at} begun\n${at} ended by an error: loss is NaN\n${at} at step 7\n`, 'failed', 'ended by an error: loss is NaN'],
    [`${at} begun\n${at} ended by an error: x\n${at} going on from step 5\n${at} finished\n`, 'finished', 'all steps are done'],
  ])('knows by the log how it ended: %j', async (log, expected, words) => {
    makeRun(run, {});
    expect(await state(log)).toEqual({ state: expected, words });
  });
});

describe('followFile and createLineSplitter', () => {
  it('have the lines of a file, however it grows and is read', async () => {
    const path = join(folder, 'lines');
    const arbLine = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\n', ' '));
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbLine, { maxLength: 10 }),
        fc.array(fc.nat(200), { maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        async (lines, cuts, chunkBytes) => {
          rmSync(path, { force: true });
          const file = followFile(() => openInRun(folder, 'lines'), { maxBytes: 1e6, chunkBytes });
          const splitter = createLineSplitter({ maxBytes: 1000 });
          const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].toSorted((a, b) => a - b);
          const seen: (string | undefined)[] = [];
          for (const [i, place] of places.entries()) {
            appendFileSync(path, whole.subarray(places[i - 1] ?? 0, place));
            for (let more = true; more;) {
              const read = await file.poll();
              expect([read.restarted, read.passedOver]).toEqual([false, 0]);
              seen.push(...splitter.add(read.bytes));
              ({ more } = read);
            }
          }
          expect(seen).toEqual(lines);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('read only the end of a file that is too long, from the first whole line', async () => {
    writeFileSync(join(folder, 'lines'), 'one\ntwo\nthree\n');
    const file = followFile(() => openInRun(folder, 'lines'), { maxBytes: 9 });
    const { passedOver, bytes } = await file.poll();
    const splitter = createLineSplitter({ maxBytes: 1000 });
    splitter.restart({ inside: true });
    expect([passedOver, splitter.add(bytes)]).toEqual([5, ['three']]);
  });

  it('give up a line that is too long or no UTF-8, and go on with the next', () => {
    const splitter = createLineSplitter({ maxBytes: 5 });
    expect(splitter.add(Buffer.from('12345\n123'))).toEqual(['12345']);
    expect(splitter.add(Buffer.from('456\nok\n'))).toEqual([undefined, 'ok']);
    expect(splitter.add(Buffer.from([0xff, 10, 0x61, 10]))).toEqual([undefined, 'a']);
  });

  it('see that a file of the same length was written anew', async () => {
    const path = join(folder, 'lines');
    writeFileSync(path, 'one\n');
    const file = followFile(() => openInRun(folder, 'lines'), { maxBytes: 1e6 });
    await file.poll();
    writeFileSync(path, 'two\n'); // the same inode
    expect(await file.poll()).toMatchObject({ restarted: true, bytes: Buffer.from('two\n') });
  });
});

describe('keptPoints', () => {
  it('keeps points evenly spaced, at most so many and at least half of that', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(500), (max, count) => {
        const kept = keptPoints<number>(max);
        for (let i = 0; i < count; i++) kept.add(i);
        const every = kept.all.length > 1 ? kept.all[1]! : 1;
        expect(kept.all).toEqual(Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every));
        expect(kept.all.length).toBeLessThanOrEqual(max);
        expect(kept.all.length).toBeGreaterThanOrEqual(Math.min(count, Math.floor(max / 2)));
      }),
    );
  });
});
