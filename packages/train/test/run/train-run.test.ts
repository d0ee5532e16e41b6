import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareEngine } from '@d3pm/engine';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/node/checkpoint/load-checkpoint.ts';
import { readMetrics } from '../../src/node/run/read-metrics.ts';
import { trainRun } from '../../src/node/run/train-run.ts';
import type { TrainRunEvent } from '../../src/node/run/train-run-event.ts';
import { allEvents } from './all-events.ts';
import { checkpointNames, folderContent, runContent } from './run-content.ts';
import { tinyTrainRun, type TinyTrainRunOptions } from './tiny-train-run.ts';

const python = process.env['D3PM_PYTHON'] ?? 'python3';
const findTensorBoard = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("tensorboard") is None)';
const hasTensorBoard = spawnSync(python, ['-c', findTensorBoard], { stdio: 'ignore' }).status === 0;

let root: string;
let folder: string;
let whole: Readonly<Record<string, string>>;

/** Runs to the end, and returns what it tells. */
async function run(changes: TinyTrainRunOptions = {}, at = folder): Promise<readonly TrainRunEvent[]> {
  const { model, options } = tinyTrainRun(at, changes);
  try {
    return await allEvents(trainRun(model, options));
  } finally {
    model.dispose();
  }
}

const log = (): string => readFileSync(join(folder, 'run.log'), 'utf8');
const isLocked = (): boolean => readdirSync(folder).some((name) => name.startsWith('run.lock'));
const kinds = (events: readonly TrainRunEvent[]): string =>
  events.map((event) => (event.type === 'warning' ? 'warning' : `${event.type} ${event.step}`)).join(', ');

beforeAll(async () => {
  await prepareEngine({ backend: 'cpu' });
  const at = mkdtempSync(join(tmpdir(), 'd3pm-run-'));
  await run({}, at);
  whole = runContent(at);
  rmSync(at, { recursive: true });
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'd3pm-run-'));
  folder = join(root, 'run');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('trainRun', () => {
  it('tells of steps, evaluations and checkpoints in their order, and leaves what they say in the folder', async () => {
    const events = await run();
    expect(kinds(events)).toBe(
      'begun 0, step 3, step 6, saved 6, step 9, evaluated 9, step 12, saved 12, step 15, step 18, saved 18, evaluated 18, step 20, saved 20, evaluated 20',
    );
    expect(readdirSync(folder).filter((name) => !name.startsWith('events.'))).toEqual([
      'ckpt-00000012',
      'ckpt-00000018',
      'ckpt-00000020',
      'metrics.jsonl',
      'run.log',
      'samples',
    ]);
    const metrics = await readMetrics(join(folder, 'metrics.jsonl'));
    const expected = events.flatMap((event) => {
      if (event.type === 'evaluated') return [{ kind: 'evaluation', step: event.step, ...event.values }];
      if (event.type !== 'step') return [];
      const { step, lossBits, gradientNorm, learningRate } = event;
      return [{ kind: 'train', step, lossBits, gradientNorm, learningRate }];
    });
    expect(metrics).toEqual(expected);
    expect(Object.keys(whole).filter((path) => path.startsWith('samples/'))).toEqual([
      'samples/step-18.txt',
      'samples/step-20.txt',
      'samples/step-9.txt',
    ]);
    expect(log().replaceAll(/^\S+Z /gm, '')).toMatch(/^begun\nsaved .*ckpt-00000006\nsaved .*12\nsaved .*18\nsaved .*20\nfinished\n$/);
  });

  it('[30] leaves no tensor, and no lock', async () => {
    const { model, options } = tinyTrainRun(folder);
    const before = memory().numTensors;
    for await (const { type } of trainRun(model, { ...options, numSteps: 12 })) if (type === 'evaluated') break;
    expect(memory().numTensors).toBe(before);
    await allEvents(trainRun(model, options));
    expect(memory().numTensors).toBe(before);
    await allEvents(trainRun(model, options)); // finished
    expect(memory().numTensors).toBe(before);
    await expect(allEvents(trainRun(model, { ...options, config: {} }))).rejects.toMatchObject({ code: 'CONFIG_CHANGED' });
    expect(memory().numTensors).toBe(before);
    expect(isLocked()).toBe(false);
    model.dispose();
  });

  it('keeps as many tensors at each event', async () => {
    const { model, options } = tinyTrainRun(folder);
    const counts: number[] = [];
    for await (const { type } of trainRun(model, options)) if (type === 'step') counts.push(memory().numTensors);
    expect(counts.length).toBe(7);
    expect(new Set(counts).size).toBe(1);
    model.dispose();
  });
});

describe('a run that was stopped and goes on is the run that was not', () => {
  /** Every event of the uninterrupted run by its number. */
  const EVENTS = Array.from({ length: 15 }, (_, i) => i);

  it.each(EVENTS)('when its caller left the loop at event %i', async (last) => {
    const { model, options } = tinyTrainRun(folder);
    let seen = 0;
    let step = 0;
    for await (const event of trainRun(model, options)) {
      step = event.type === 'warning' ? step : event.step;
      if (seen++ === last) break;
    }
    expect(isLocked()).toBe(false);
    const saved = step === 0 ? undefined : `ckpt-${String(step).padStart(8, '0')}`;
    expect(checkpointNames(folder).at(-1)).toBe(saved);
    expect(log()).toMatch(/left by its caller\n$/);
    await run();
    expect(runContent(folder)).toEqual(whole);
  });

  it.each([0, 4, 5, 14])('when its caller threw at event %i', async (last) => {
    const { model, options } = tinyTrainRun(folder);
    let seen = 0;
    const loop = async (): Promise<void> => {
      for await (const _ of trainRun(model, options)) if (seen++ === last) throw new Error('of the caller');
    };
    await expect(loop()).rejects.toThrow('of the caller');
    expect(isLocked()).toBe(false);
    await run();
    expect(runContent(folder)).toEqual(whole);
  });

  it.each(EVENTS)('when its signal was aborted at event %i', async (last) => {
    const { model, options } = tinyTrainRun(folder);
    const controller = new AbortController();
    let seen = 0;
    for await (const _ of trainRun(model, { ...options, signal: controller.signal })) if (seen++ === last) controller.abort();
    expect(isLocked()).toBe(false);
    await run();
    expect(runContent(folder)).toEqual(whole);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i))('when its signal was aborted in step %i, between two events or not', async (index) => {
    const { model, options } = tinyTrainRun(folder);
    const controller = new AbortController();
    const { batches } = options;
    const batchAt = (at: number): ReturnType<typeof batches.batchAt> => {
      if (at === index) controller.abort();
      return batches.batchAt(at);
    };
    const events = await allEvents(trainRun(model, { ...options, batches: { batchAt }, signal: controller.signal }));
    expect(events.at(-1)).toMatchObject({ type: 'saved', step: index + 1 });
    expect(checkpointNames(folder).at(-1)).toContain(String(index + 1));
    await run();
    expect(runContent(folder)).toEqual(whole);
  });

  it.each([9, 18, 20])('when the evaluation of step %i failed, which is told, and made up for', async (bad) => {
    const { model, options } = tinyTrainRun(folder);
    const evaluate: typeof options.evaluate = async (context) => {
      if (context.step === bad) throw new Error('no room for samples');
      return options.evaluate!(context);
    };
    await expect(allEvents(trainRun(model, { ...options, evaluate }))).rejects.toThrow('no room for samples');
    expect(checkpointNames(folder).at(-1)).toContain(String(bad));
    expect(log()).toMatch(/ended by an error: no room for samples\n$/);
    expect(isLocked()).toBe(false);
    expect(kinds(await run())).toMatch(new RegExp(`^resumed ${bad}, evaluated ${bad}`));
    expect(runContent(folder)).toEqual(whole);
  });

  it.each([9, 18, 20])(
    'when it was told to stop in the evaluation of step %i, which then ends at once, and is made up for',
    async (last) => {
      const { model, options } = tinyTrainRun(folder);
      const controller = new AbortController();
      const evaluate: typeof options.evaluate = async (context) => {
        if (context.step === last) controller.abort();
        return context.signal.aborted ? undefined : options.evaluate!(context);
      };
      const events = await allEvents(trainRun(model, { ...options, evaluate, signal: controller.signal }));
      expect(kinds(events)).toMatch(new RegExp(`step ${last}, saved ${last}$`));
      expect(log()).toMatch(/stopped\n$/);
      expect(isLocked()).toBe(false);
      expect(kinds(await run())).toMatch(new RegExp(`^resumed ${last}, evaluated ${last}`));
      expect(runContent(folder)).toEqual(whole);
      model.dispose();
    },
  );

  it('when it was told to stop in an evaluation that was being made up for', async () => {
    const { model, options } = tinyTrainRun(folder);
    for await (const event of trainRun(model, options)) if (event.type === 'saved' && event.step === 18) break;
    const controller = new AbortController();
    const evaluate: typeof options.evaluate = async () => void controller.abort();
    expect(kinds(await allEvents(trainRun(model, { ...options, evaluate, signal: controller.signal })))).toBe('resumed 18');
    await run();
    expect(runContent(folder)).toEqual(whole);
    model.dispose();
  });

  it('when it was stopped at every event, one after the other', async () => {
    for (let runs = 0; ; runs++) {
      const { model, options } = tinyTrainRun(folder);
      const controller = new AbortController();
      let last = 0;
      for await (const event of trainRun(model, { ...options, signal: controller.signal })) {
        if (event.type === 'step') controller.abort();
        if ('step' in event) last = event.step;
      }
      if (last === 20) break;
      expect(runs).toBeLessThan(10);
    }
    await run();
    expect(runContent(folder)).toEqual(whole);
  });

  it.skipIf(!hasTensorBoard)('in the eyes of TensorBoard too', async () => {
    const { model, options } = tinyTrainRun(folder);
    for await (const event of trainRun(model, options)) if (event.type === 'step' && event.step === 9) break;
    for await (const event of trainRun(model, options)) if (event.type === 'step' && event.step === 15) break;
    rmSync(join(folder, checkpointNames(folder).at(-1)!), { recursive: true }); // goes on from 12, and makes 15 again
    await allEvents(trainRun(model, options));
    const found = spawnSync(python, [join(import.meta.dirname, 'read_events.py'), folder], { encoding: 'utf8' });
    const { scalars } = JSON.parse(found.stdout) as { scalars: Record<string, readonly (readonly [number, number, string])[]> };
    const metrics = await readMetrics(join(folder, 'metrics.jsonl'));
    const values = (kind: string, name: string): object =>
      metrics.filter((line) => line['kind'] === kind).map((line) => [line.step, Math.fround(line[name] as number)]);
    const shown = (tag: string): object => scalars[tag]!.map(([, step, value]) => [step, Math.fround(Number(value))]);
    expect(shown('train/lossBits')).toEqual(values('train', 'lossBits'));
    expect(shown('evaluation/weight')).toEqual(values('evaluation', 'weight'));
    model.dispose();
  });

  it('[22] when the clock goes backwards', async () => {
    let time = 2e12;
    const now = (): Date => new Date((time -= 3_600_000));
    const { model, options } = tinyTrainRun(folder, { now });
    for await (const event of trainRun(model, options)) if (event.type === 'step' && event.step === 12) break;
    await run({ now });
    expect(runContent(folder)).toEqual(whole);
  });

  it('when it was aborted before it began: nothing is done, and nothing saved', async () => {
    const events = await run({ signal: AbortSignal.abort() });
    expect(kinds(events)).toBe('begun 0');
    expect(checkpointNames(folder)).toEqual([]);
    await run();
    expect(runContent(folder)).toEqual(whole);
  });
});

describe('[19] a run that is finished', () => {
  it('says so, gives the model its parameters, and changes no byte', async () => {
    await run();
    const before = folderContent(folder);
    const { model, options } = tinyTrainRun(folder);
    const fresh = await Object.values(model.parameters)[0]!.data();
    expect(kinds(await allEvents(trainRun(model, options)))).toBe('resumed 20');
    const [name] = Object.keys(model.parameters);
    const { ema } = (await loadCheckpoint(join(folder, 'ckpt-00000020'))).tensors;
    expect(await model.parameters[name!]!.data()).toEqual(ema![name!]!.data);
    expect(fresh).not.toEqual(ema![name!]!.data);
    expect(folderContent(folder)).toEqual(before);
  });

  it('goes on when numSteps is raised and the change allowed', async () => {
    await run({ learningRate: 1e-2 });
    const events = await run({ learningRate: 1e-2, numSteps: 24, allowChange: true });
    expect(kinds(events)).toBe('warning, resumed 20, step 21, step 24, saved 24, evaluated 24');
    expect(events[0]).toMatchObject({ message: expect.stringContaining('numSteps: 20 before, 24 now') });
  });
});

describe('an evaluation', () => {
  it('finds the checkpoint of its step on the disk, so that nothing is lost when it does not end', async () => {
    const found: (readonly [step: number, newest: string | undefined])[] = [];
    await run({
      evaluateEvery: 6,
      evaluate: async ({ step }) => {
        found.push([step, checkpointNames(folder).at(-1)]);
        return {};
      },
    });
    expect(found).toEqual([6, 12, 18, 20].map((step) => [step, `ckpt-${String(step).padStart(8, '0')}`]));
  });
});

describe('scores', () => {
  const scores: Readonly<Record<number, number>> = { 6: 3, 12: 1, 18: Number.NaN, 20: 2 };
  const scored = { evaluateEvery: 6, evaluate: async ({ step }: { step: number }) => ({ bits: scores[step]! }), scoreBy: 'bits' };

  it('keep the best besides the newest, and one that is no number is none', async () => {
    await run({ ...scored, keepLast: 1, keepBest: 1 });
    expect(checkpointNames(folder)).toEqual(['ckpt-00000012-r2', 'ckpt-00000020-r2']);
    expect((await loadCheckpoint(join(folder, 'ckpt-00000012-r2'))).score).toBe(1);
  });

  it('are not lost when the caller leaves at the evaluation, nor when the evaluation was made late', async () => {
    const { model, options } = tinyTrainRun(folder, { ...scored, keepLast: 1, keepBest: 1 });
    for await (const event of trainRun(model, options)) if (event.type === 'evaluated' && event.step === 6) break;
    expect((await loadCheckpoint(join(folder, 'ckpt-00000006-r2'))).score).toBe(3);
    for await (const event of trainRun(model, options)) if (event.type === 'step' && event.step === 12) break;
    expect((await loadCheckpoint(join(folder, 'ckpt-00000012'))).score).toBe(undefined);
    await allEvents(trainRun(model, options));
    expect(checkpointNames(folder)).toEqual(['ckpt-00000012-r2', 'ckpt-00000020-r2']);
  });

  it('are taken from the metrics by the next part of a run that was killed between the two', async () => {
    // Such a run has the evaluation of its last step, and the checkpoint without it.
    const { scoreBy: _, ...unscored } = scored;
    await run(unscored);
    expect(checkpointNames(folder).at(-1)).toBe('ckpt-00000020');
    const before = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    const events = await run({ ...scored, keepBest: 1 });
    expect(events.map(({ type }) => type)).toEqual(['resumed', 'saved']);
    expect((await loadCheckpoint(join(folder, 'ckpt-00000020-r2'))).score).toBe(2);
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8')).toBe(before);
    expect((await run({ ...scored, keepBest: 1 })).map(({ type }) => type)).toEqual(['resumed']);
  });

  it('that nothing goes by are not worth a second checkpoint of the same step', async () => {
    await run(scored);
    expect(checkpointNames(folder)).toEqual(['ckpt-00000012', 'ckpt-00000018', 'ckpt-00000020']);
  });
});
