import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { isD3pmError } from '@d3pm/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMetricsLog, type MetricsLog } from '../../src/node/run/metrics-log.ts';
import type { MetricsRecord } from '../../src/node/run/metrics-record.ts';
import { readMetrics } from '../../src/node/run/read-metrics.ts';
import { faultyFileSystem } from './faulty-file-system.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-metrics-'));
  path = join(folder, 'metrics.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function write(records: readonly MetricsRecord[], options?: Parameters<typeof openMetricsLog>[1]): Promise<void> {
  const log = await openMetricsLog(path, options);
  for (const record of records) await log.append(record);
  await log.close();
}
const content = (): string => readFileSync(path, 'utf8');

// −0 becomes 0, and three texts are numbers: both are said in the docstring
const arbLeaf = fc.oneof(
  fc.double().map((x) => x + 0),
  fc.string().filter((s) => !['NaN', 'Infinity', '-Infinity'].includes(s)),
  fc.boolean(),
  fc.constant(null),
);
const arbName = fc.string().filter((name) => !['__proto__', 'constructor', 'prototype', 'step'].includes(name));
const arbRecord: fc.Arbitrary<MetricsRecord> = fc
  .tuple(fc.nat(), fc.dictionary(arbName, fc.oneof(arbLeaf, fc.array(arbLeaf), fc.dictionary(arbName, arbLeaf, { noNullPrototype: true }))))
  .map(([step, values]) => ({ ...values, step }));

describe('openMetricsLog', () => {
  it('writes one object a line, and non-finite numbers as texts', async () => {
    await write([
      { step: 0, loss: 1.5, note: 'a\nb' },
      { step: 1, loss: Number.NaN, norms: [Infinity, -Infinity], isLast: true },
    ]);
    expect(content()).toBe(
      '{"step":0,"loss":1.5,"note":"a\\nb"}\n{"step":1,"loss":"NaN","norms":["Infinity","-Infinity"],"isLast":true}\n',
    );
    expect(await readMetrics(path)).toEqual([
      { step: 0, loss: 1.5, note: 'a\nb' },
      { step: 1, loss: Number.NaN, norms: [Infinity, -Infinity], isLast: true },
    ]);
  });

  it('reads what it has written, also from a file that ends anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbRecord, { maxLength: 4 }), fc.double({ min: 0, max: 1, noNaN: true }), async (records, cut) => {
        rmSync(path, { force: true });
        await write(records);
        expect(await readMetrics(path)).toEqual(records);
        const bytes = readFileSync(path);
        const rest = bytes.subarray(0, Math.floor(cut * bytes.length));
        writeFileSync(path, rest);
        expect(await readMetrics(path)).toEqual(records.slice(0, rest.filter((byte) => byte === 10).length));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the order of calls that overlap', async () => {
    const log = await openMetricsLog(path);
    const steps = Array.from({ length: 200 }, (_, step) => step);
    await Promise.all(steps.map((step) => log.append({ step })));
    await log.sync();
    expect((await readMetrics(path)).map(({ step }) => step)).toEqual(steps);
    await log.close();
    await log.close();
    await expect(log.append({ step: 200 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS', message: `append: ${path} is closed` });
  });

  it.each([
    ['no step', {}, 'its step is of type undefined, expected 0, 1, 2, …'],
    ['a step below 0', { step: -1 }, 'its step is -1'],
    ['a fraction of a step', { step: 0.5 }, 'its step is 0.5'],
    ['a step that is not finite', { step: Number.NaN }, 'its step is NaN'],
    ['undefined', { step: 1, loss: undefined }, 'record.loss is undefined, which JSON has not'],
    ['a tensor', { step: 1, loss: Float32Array.of(1) }, 'record.loss is no plain object'],
    ['a key that changes a prototype', JSON.parse('{"step":1,"a":{"__proto__":{}}}'), 'record.a has the key "__proto__"'],
  ])('[69] refuses a record with %s, and writes nothing of it', async (_, record, message) => {
    const log = await openMetricsLog(path);
    await expect(log.append(record as MetricsRecord)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining(`append: ${message}`),
    });
    await log.append({ step: 1 });
    await log.close();
    expect(content()).toBe('{"step":1}\n');
  });

  it('[69] refuses a record that holds itself', async () => {
    const record: Record<string, unknown> = { step: 1 };
    record['self'] = record;
    const log = await openMetricsLog(path);
    await expect(log.append(record as MetricsRecord)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await log.close();
  });

  it('does not go on with the log of another run unless it is told where', async () => {
    await write([{ step: 0 }]);
    await expect(openMetricsLog(path)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(/has lines already; give resumeAt/),
    });
    expect(content()).toBe('{"step":0}\n');
  });

  it.each([-1, 0.5, Number.NaN])('refuses to resume at %s', async (resumeAt) => {
    await expect(openMetricsLog(path, { resumeAt })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('[22] resumes by steps, wherever they stand, keeps their bytes and removes a torn last line', async () => {
    const before = '{"step": 1}\n{"step":3}\n{ "step": 2.0, "b": 1e0 }\n{"step":4}\n{"step":2}\n{"step":2,"lo';
    writeFileSync(path, before);
    await write([{ step: 3, again: true }], { resumeAt: 2 });
    expect(content()).toBe('{"step": 1}\n{ "step": 2.0, "b": 1e0 }\n{"step":2}\n{"step":3,"again":true}\n');
    expect(readdirSync(folder)).toEqual(['metrics.jsonl']);
  });

  it('resumes with no file, an empty one, and the rest of a try that was killed', async () => {
    await write([{ step: 5 }], { resumeAt: 4 });
    writeFileSync(`${path}.tmp`, '{"st');
    await write([{ step: 6 }], { resumeAt: 5 });
    expect(content()).toBe('{"step":5}\n{"step":6}\n');
    expect(readdirSync(folder)).toEqual(['metrics.jsonl']);
    writeFileSync(path, '');
    await write([{ step: 7 }], { resumeAt: 0 });
    expect(content()).toBe('{"step":7}\n');
  });

  it.each([
    ['cut off', '{"step":1', '"{\\"step\\":1"', 'it is no JSON'],
    ['empty', '', '""', 'it is no JSON'],
    ['an array', '[1]', '"[1]"', 'it is no object with a step'],
    ['null', 'null', '"null"', 'it is no object with a step'],
    ['without a step', '{"a":1}', String.raw`"{\"a\":1}"`, 'its step is of type undefined, expected 0, 1, 2, …'],
    ['a step that cannot be printed', '{"step":{"toString":1}}', String.raw`"{\"step\":{\"toString\":1}}"`, 'its step is of type object'],
    ['two lines in one', '{"step":1}{"step":2}', String.raw`"{\"step\":1}{\"step\":2}"`, 'it is no JSON'],
    ['zeros', '\0\0', String.raw`"\u0000\u0000"`, 'it is no JSON'],
    ['long', 'x'.repeat(100_000), `"${'x'.repeat(60)}…${'x'.repeat(60)}"`, 'it is no JSON'],
    ['not UTF-8', Buffer.of(0x22, 0xff, 0x22), '3 bytes', 'it is not UTF-8'],
    ['an escape of a prototype', '{"step":1,"__proto__":{}}', String.raw`"{\"step\":1,\"__proto__\":{}}"`, 'it has the key "__proto__"'],
  ])('[7] refuses a damaged line in the middle: %s', async (_, line, shown, problem) => {
    const file = Buffer.concat([Buffer.from('{"step":0}\n'), Buffer.from(line), Buffer.from('\n{"step":2}\n')]);
    writeFileSync(path, file);
    const expected = {
      code: 'INVALID_DATA',
      message: expect.stringContaining(`metrics log ${path}: line 2 is damaged: ${problem}`),
    };
    await expect(readMetrics(path)).rejects.toMatchObject(expected);
    await expect(readMetrics(path)).rejects.toThrow(`${shown}; correct or remove the line`);
    await expect(openMetricsLog(path, { resumeAt: 1 })).rejects.toMatchObject(expected);
    expect(readFileSync(path)).toEqual(file);
  });

  it('[7] reads any bytes, or says in which line they are damaged', async () => {
    const good = Buffer.from('{"step":1,"loss":"NaN"}\n{"step":2,"names":["a","ü"]}\n{"step":3}\n');
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 3 }), async (at, bytes) => {
        writeFileSync(path, Buffer.concat([good.subarray(0, at), bytes, good.subarray(at + 1)]));
        const outcome = await readMetrics(path).then(
          () => 'read',
          (error: unknown) => (isD3pmError(error) ? error.message.replace(/.*(line \d).*/s, '$1') : String(error)),
        );
        outcomes.add(outcome);
      }),
      { numRuns: 300 },
    );
    expect([...outcomes].sort()).toEqual(['line 1', 'line 2', 'line 3', 'read']);
  });

  it('[6] passes on what the file system says of a path that is no file', async () => {
    await expect(openMetricsLog(folder)).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(openMetricsLog(join(folder, 'none', 'metrics.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(readMetrics(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('[4] loses no acknowledged line, and tears none, whichever operation the disk refuses', async () => {
    const kept = '{"step":0}\n{"step":1}\n';
    /** Resumes, appends what can be appended, and returns the steps that were acknowledged. */
    const run = async (failing: number): Promise<{ readonly steps: readonly number[]; readonly operations: number }> => {
      writeFileSync(path, `${kept}{"step":2}\n{"st`);
      const { fileSystem, count } = faultyFileSystem(failing);
      const log: MetricsLog | undefined = await openMetricsLog(path, { fileSystem, resumeAt: 1 }).catch(() => undefined);
      const steps: number[] = [];
      for (const step of [3, 4, 5]) {
        await log?.append({ step }).then(
          () => steps.push(step),
          () => {},
        );
      }
      await log?.sync().catch(() => {});
      await log?.close().catch(() => {});
      return { steps, operations: count() };
    };
    const { steps, operations } = await run(-1);
    expect(steps).toEqual([3, 4, 5]);
    const missing: number[] = [];
    for (let failing = 0; failing < operations; failing++) {
      const { steps } = await run(failing);
      missing.push(3 - steps.length);
      const found = (await readMetrics(path)).map(({ step }) => step);
      expect(found.filter((step) => step !== 2)).toEqual([0, 1, ...steps]);
      await write([], { resumeAt: 1 });
      expect(content()).toBe(kept);
      expect(readdirSync(folder)).toEqual(['metrics.jsonl']);
    }
    expect(missing).toEqual(expect.arrayContaining([0, 1, 3]));
  });

  it('[1] leaves at most one torn last line when it is killed', async () => {
    for (let round = 0; round < 4; round++) {
      rmSync(path, { force: true });
      const child = spawn(process.execPath, [join(import.meta.dirname, 'metrics-child.ts'), path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'readable');
      const output = text(child.stdout);
      await setTimeout(20 + 17 * round);
      child.kill('SIGKILL');
      const acknowledged = (await output).trim().split('\n').length;
      const steps = (await readMetrics(path)).map(({ step }) => step);
      expect(steps).toEqual(steps.map((_, i) => i));
      expect(steps.length).toBeGreaterThanOrEqual(acknowledged);
      await write([{ step: 1 }], { resumeAt: 0 });
      expect((await readMetrics(path)).map(({ step }) => step)).toEqual([0, 1]);
    }
  });
});
