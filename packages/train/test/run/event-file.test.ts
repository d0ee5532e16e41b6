import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32c } from '../../src/node/run/crc32c.ts';
import { openEventFile, type EventFile } from '../../src/node/run/event-file.ts';
import { faultyFileSystem } from './faulty-file-system.ts';
import golden from './golden/event-file.json' with { type: 'json' };

/** Two pixels, red and blue. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==', 'base64');
const START_MS = 1_700_000_000_250;

const python = process.env['D3PM_PYTHON'] ?? 'python3';
const findTensorBoard = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("tensorboard") is None)';
const hasTensorBoard = spawnSync(python, ['-c', findTensorBoard], { stdio: 'ignore' }).status === 0;

let folder: string;
let wallTimeMs: number;
const open = (options: Partial<Parameters<typeof openEventFile>[1]> = {}): Promise<EventFile> =>
  openEventFile(folder, { now: () => wallTimeMs, host: 'host', ...options });

/** The data of each record; checksums are those of the golden and of TensorBoard's reader. */
function records(file: string): readonly string[] {
  const bytes = readFileSync(file);
  const found: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    found.push(bytes.subarray(at + 12, at + 12 + length).toString('hex'));
    at += 16 + length;
  }
  return found;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-events-'));
  wallTimeMs = START_MS;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('crc32c', () => {
  it('has the check value, and those of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array())).toBe(0);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
  });

  it('differs when one bit does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), (bytes, at) => {
        const flipped = Uint8Array.from(bytes);
        flipped[at % bytes.length]! ^= 1 << (at % 8);
        expect(crc32c(flipped)).not.toBe(crc32c(bytes));
        expect(crc32c(Buffer.from('123456789'))).not.toBe(crc32('123456789'));
      }),
    );
  });
});

describe('openEventFile', () => {
  it('writes the bytes that TensorBoard writes', async () => {
    const file = await open();
    const at = async (ms: number, write: () => Promise<void>): Promise<void> => {
      wallTimeMs = ms;
      await write();
    };
    await at(1_700_000_000_500, () => file.start(3));
    await at(1_700_000_001_000, () => file.scalars(0, { loss: 0 }));
    await at(1_700_000_002_000, () => file.scalars(3, { 'train/loss': 1.1, 'Verlust β 🎲': -2.5e-40 }));
    await at(1_700_000_003_000, () => file.scalars(127, { a: Number.NaN, b: Infinity, c: -Infinity }));
    await at(1_700_000_003_001, () => file.scalars(128, { a: 3.4028234663852886e38 }));
    await at(1_700_000_004_000, () => file.scalars(2 ** 32 + 5, { a: -0 }));
    await at(1_700_000_005_000, () => file.scalars(2 ** 53 - 1, { ['a'.repeat(300)]: 1 }));
    await at(1_700_000_006_000, () => file.text(16_384, 'samples', 'a **b**\nü'));
    await at(1_700_000_007_000, () => file.image(16_384, 'digits', PNG, 2, 1));
    await file.close();
    expect(readFileSync(file.path).toString('base64')).toBe(golden.base64);
  });

  it('names the file as TensorBoard does, and takes signs out of the host', async () => {
    const file = await open({ host: '../a b/ä' });
    await file.close();
    expect(file.path).toBe(join(folder, `events.out.tfevents.1700000000.-a-b-.${process.pid}`));
  });

  it('[22] names each file later than those before, also when the clock is set back', async () => {
    for (const ms of [START_MS, START_MS, START_MS - 3_600_000]) {
      wallTimeMs = ms;
      await (await open()).close();
    }
    writeFileSync(join(folder, 'events.out.tfevents.notatime'), '');
    await (await open()).close();
    expect(readdirSync(folder).map((name) => name.split('.')[3])).toEqual([
      '1700000000',
      '1700000001',
      '1700000002',
      '1700000003',
      'notatime',
    ]);
  });

  it('keeps the order of calls that overlap, and writes nothing for no values', async () => {
    const file = await open();
    const calls = Array.from({ length: 50 }, (_, step) => file.scalars(step, { a: step }));
    calls.push(file.scalars(50, {}));
    await file.flush();
    const written = records(file.path);
    expect(written).toHaveLength(51);
    const steps = written.slice(2).map((record) => Number.parseInt(record.slice(20, 22), 16));
    expect(steps).toEqual(Array.from({ length: 49 }, (_, i) => i + 1));
    await Promise.all(calls);
    await file.close();
    await file.close();
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('[69] refuses %s as a step or a size', async (wrong) => {
    const file = await open();
    const refusal = (method: string, name: string): object => ({
      code: 'INVALID_OPTIONS',
      message: `EventFile.${method}: ${name} is ${wrong}, expected 0, 1, 2, …`,
    });
    await expect(file.start(wrong)).rejects.toMatchObject(refusal('start', 'step'));
    await expect(file.scalars(wrong, { a: 1 })).rejects.toMatchObject(refusal('scalars', 'step'));
    await expect(file.text(wrong, 'a', 'b')).rejects.toMatchObject(refusal('text', 'step'));
    await expect(file.image(0, 'a', PNG, wrong, 1)).rejects.toMatchObject(refusal('image', 'width'));
    await expect(file.image(0, 'a', PNG, 1, wrong)).rejects.toMatchObject(refusal('image', 'height'));
    await file.close();
    expect(records(file.path)).toHaveLength(1);
  });

  it('[69] refuses a clock that is none, and passes on what the file system says', async () => {
    await expect(open({ now: () => Number.NaN })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(openEventFile(join(folder, 'none'), { now: () => 0 })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('[4] tears no record, whichever operation the disk refuses', async () => {
    /** Writes three events, and returns the steps that were acknowledged. */
    const run = async (failing: number): Promise<{ readonly steps: readonly number[]; readonly operations: number }> => {
      rmSync(folder, { recursive: true });
      folder = mkdtempSync(join(tmpdir(), 'd3pm-events-'));
      const { fileSystem, count } = faultyFileSystem(failing);
      const file = await open({ fileSystem }).catch(() => undefined);
      const steps: number[] = [];
      for (const step of [1, 2, 3]) {
        await file?.scalars(step, { a: step }).then(
          () => steps.push(step),
          () => {},
        );
      }
      await file?.close().catch(() => {});
      return { steps, operations: count() };
    };
    const { steps, operations } = await run(-1);
    expect(steps).toEqual([1, 2, 3]);
    const acknowledged = [];
    for (let failing = 0; failing < operations; failing++) {
      const { steps } = await run(failing);
      const written = readdirSync(folder).flatMap((name) => records(join(folder, name)).slice(1));
      expect(written.map((record) => Number.parseInt(record.slice(20, 22), 16))).toEqual(steps);
      acknowledged.push(steps.length);
    }
    expect(acknowledged).toEqual(expect.arrayContaining([0, 2, 3]));
  });

  it.skipIf(!hasTensorBoard)(
    `is read by TensorBoard, which drops the later steps of an earlier session${hasTensorBoard ? '' : ' (skipped: D3PM_PYTHON or python3 has no tensorboard)'}`,
    async () => {
      const first = await open();
      for (const step of [0, 1, 2, 3]) await first.scalars(step, { 'train/loss': step / 4, other: Number.NaN });
      await first.text(1, 'samples', 'hällo');
      await first.image(1, 'digits', PNG, 2, 1);
      await first.close();
      wallTimeMs -= 60_000;
      const second = await open();
      await second.start(2);
      await second.scalars(2, { 'train/loss': 8 });
      await second.close();
      const { stdout, stderr, status } = spawnSync(python, [join(import.meta.dirname, 'read_events.py'), folder], { encoding: 'utf8' });
      expect(stderr).not.toContain('Traceback');
      expect(status).toBe(0);
      const [early, late] = [START_MS / 1000, (START_MS - 60_000) / 1000];
      expect(JSON.parse(stdout)).toEqual({
        scalars: {
          'train/loss': [
            [early, 0, '0.0'],
            [early, 1, '0.25'],
            [late, 2, '8.0'],
          ],
          other: [
            [early, 0, 'nan'],
            [early, 1, 'nan'],
          ],
        },
        images: { digits: [[1, 2, 1, PNG.toString('hex')]] },
        texts: { samples: [[1, 'hällo']] },
      });
    },
  );
});
