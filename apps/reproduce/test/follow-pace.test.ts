import { appendFileSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { followPace } from '../src/dash/follow-pace.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'd3pm-pace-')));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A record of an event file as d3pm train writes it, without its checksums, which are not read: of a start, or of values. */
const record = (kind: 'start' | 'values', step: number, seconds: number): Uint8Array => {
  const event = new DataView(new ArrayBuffer(13));
  event.setUint8(0, 0x09);
  event.setFloat64(1, seconds, true);
  event.setUint8(9, 0x10);
  event.setUint8(10, step);
  event.setUint8(11, kind === 'start' ? 0x3a : 0x2a);
  const whole = new DataView(new ArrayBuffer(12 + 13 + 4));
  whole.setBigUint64(0, 13n, true);
  const bytes = new Uint8Array(whole.buffer);
  bytes.set(new Uint8Array(event.buffer), 12);
  return bytes;
};

it('says one pace, the median of the last, beside what is left: an evaluation moves neither', async () => {
  const file = join(folder, 'events.out.tfevents.0000000001.host.1');
  const pace = followPace(folder);
  appendFileSync(file, record('start', 1, 100));
  await pace.poll();
  expect([pace.secondsPerStep(), pace.endsAt(50)]).toEqual([undefined, undefined]);
  // Two seconds a step, and a minute of an evaluation before the last.
  for (const [step, seconds] of [
    [10, 120],
    [20, 140],
    [30, 160],
    [40, 240],
  ] as const)
    appendFileSync(file, record('values', step, seconds));
  await pace.poll();
  expect(pace.all().at(-1)).toEqual([40, 8]);
  expect(pace.secondsPerStep()).toBe(2);
  expect(pace.endsAt(50)).toBe(1000 * (240 + 10 * 2));
  appendFileSync(file, record('start', 41, 1000));
  await pace.poll();
  expect(pace.secondsPerStep()).toBeUndefined();
});
