import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareEngine } from '@d3pm/engine';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/node/checkpoint/load-checkpoint.ts';
import { writeSealedFolder } from '../../src/node/checkpoint/write-sealed-folder.ts';
import type { JsonValue } from '../../src/node/checkpoint/json-value.ts';
import { runHistory } from '../../src/node/run/run-history.ts';
import { acquireRunLock } from '../../src/node/run/run-lock.ts';
import { trainRun } from '../../src/node/run/train-run.ts';
import type { TrainRunEvent } from '../../src/node/run/train-run-event.ts';
import { allEvents } from './all-events.ts';
import { checkpointNames, folderContent, runContent } from './run-content.ts';
import { tinyTrainRun, type TinyTrainRunOptions } from './tiny-train-run.ts';

/** A run that was left at step 12, with checkpoints of 6 and 12. */
let half: string;
let whole: Readonly<Record<string, string>>;
let root: string;
let folder: string;

async function run(changes: TinyTrainRunOptions = {}, at = folder): Promise<readonly TrainRunEvent[]> {
  const { model, options } = tinyTrainRun(at, changes);
  try {
    return await allEvents(trainRun(model, options));
  } finally {
    model.dispose();
  }
}

const log = (): string => readFileSync(join(folder, 'run.log'), 'utf8');
const newest = (...path: readonly string[]): string => join(folder, 'ckpt-00000012', ...path);

beforeAll(async () => {
  await prepareEngine({ backend: 'cpu' });
  half = mkdtempSync(join(tmpdir(), 'd3pm-half-'));
  const { model, options } = tinyTrainRun(half);
  for await (const event of trainRun(model, options)) if (event.type === 'saved' && event.step === 12) break;
  const at = mkdtempSync(join(tmpdir(), 'd3pm-run-'));
  await run({}, at);
  whole = runContent(at);
  rmSync(at, { recursive: true });
});
afterAll(() => rmSync(half, { recursive: true, force: true }));
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'd3pm-run-'));
  folder = join(root, 'run');
  cpSync(half, folder, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('[17] a run with another config', () => {
  const config = { seed: 'other', numSteps: 20, vocabulary: ['a', 'b'] };

  it('is refused with every key, and nothing is written', async () => {
    mkdirSync(join(folder, '.ckpt-00000018.tmp-1-000000000000'));
    const before = folderContent(folder);
    await expect(run({ config })).rejects.toMatchObject({
      code: 'CONFIG_CHANGED',
      message: [
        `trainRun: the run in ${folder} was made with another config:`,
        'numChannels: 8 before, absent now',
        'seed: "tiny" before, "other" now',
        'vocabulary: absent before, ["a","b"] now',
        'give it that config, choose another folder, or accept the change (allowChange, --allow-change)',
      ].join('\n'),
    });
    expect(folderContent(folder)).toEqual(before);
    expect(existsSync(join(folder, '.ckpt-00000018.tmp-1-000000000000'))).toBe(true);
  });

  it('goes on when the change is allowed, with a warning that is in the log as well', async () => {
    const events = await run({ config, allowChange: true });
    expect(events[0]).toMatchObject({ type: 'warning', message: expect.stringContaining('seed: "tiny" before, "other" now') });
    expect(events[1]).toMatchObject({ type: 'resumed', step: 12 });
    expect(log()).toContain('warning: the config is changed:');
    expect(await run({ config })).toHaveLength(1); // finished, with the new one
  });

  it('keeps what it was made with before, part by part, in every checkpoint from then on', async () => {
    const made = async (at: string): Promise<JsonValue> => (await loadCheckpoint(join(folder, at))).config;
    const first = await made('ckpt-00000012');
    expect(runHistory(first)).toEqual([]);
    const { model, options } = tinyTrainRun(folder, { config, allowChange: true });
    for await (const event of trainRun(model, options)) if (event.type === 'saved' && event.step === 18) break;
    const second = await made('ckpt-00000018');
    expect(second).toEqual({ config, environment: { engine: 'cpu' }, history: [{ toStep: 12, ...(first as object) }] });
    await run({ config, environment: { engine: 'other' } });
    expect(runHistory(await made('ckpt-00000020'))).toEqual([
      { toStep: 12, ...(first as object) },
      { toStep: 18, config, environment: { engine: 'cpu' } },
    ]);
    model.dispose();
  });

  it.each([
    ['begins at the parameters', { emaDecay: 0.9 }, {}],
    ['is dropped', {}, { emaDecay: 0.9 }],
  ])('a moving average that is another %s, with a warning, and without the leave nothing is written', async (what, now, before) => {
    const at = join(root, 'averaged');
    const plain = ({ emaDecay }: { readonly emaDecay?: number }): TinyTrainRunOptions => ({
      config: { emaDecay: emaDecay ?? null } as never,
      emaDecay: emaDecay as never,
    });
    await run({ ...plain(before), numSteps: 12 }, at);
    const content = folderContent(at);
    await expect(run({ ...plain(now), config: plain(before).config!, numSteps: 15 }, at)).rejects.toMatchObject({ code: 'CONFIG_CHANGED' });
    expect(folderContent(at)).toEqual(content);
    const tensors = memory().numTensors;
    const events = await run({ ...plain(now), numSteps: 15, allowChange: true }, at);
    expect(events.filter(({ type }) => type === 'warning')).toContainEqual({ type: 'warning', message: expect.stringContaining(what) });
    expect(events.at(-1)).toMatchObject({ step: 15 });
    const { ema } = (await loadCheckpoint(join(at, 'ckpt-00000015'))).tensors;
    expect(ema !== undefined).toBe('emaDecay' in now);
    expect(memory().numTensors).toBe(tensors);
  });

  it('of another seed needs that too, and draws from its own numbers then', async () => {
    await expect(run({ seed: 'other' })).rejects.toMatchObject({ code: 'CONFIG_CHANGED' });
    const events = await run({ seed: 'other', allowChange: true });
    expect(events.at(-1)).toMatchObject({ type: 'evaluated', step: 20 });
    expect(runContent(folder)).not.toEqual(whole);
  });

  it('but with the same config and another source of random numbers is refused', async () => {
    const { config } = tinyTrainRun(folder).options;
    await expect(run({ seed: 'other', config })).rejects.toMatchObject({
      code: 'CHECKPOINT',
      message: expect.stringMatching(/state\.json: it was made with the random stream \d+:\d+, the run has \d+:\d+; give it the same rng$/),
    });
  });
});

describe('a run that goes on', () => {
  it('[18] elsewhere warns that bits may differ, and goes on', async () => {
    const events = await run({ environment: { engine: 'native', threads: 4 } });
    expect(events[0]).toEqual({
      type: 'warning',
      message:
        'the checkpoint was made elsewhere, so the bits of a run that was not stopped may differ:\nengine: "cpu" before, "native" now\nthreads: absent before, 4 now',
    });
    expect(log()).toContain('engine: "cpu" before, "native" now');
    expect(runContent(folder)).toEqual(whole);
  });

  it.each([
    ['model.safetensors', (bytes: Buffer) => ((bytes[bytes.length - 3]! ^= 1), bytes)],
    ['MANIFEST.json', (bytes: Buffer) => bytes.subarray(0, 10)],
    ['state.json', () => Buffer.of()],
  ])('[7] [8] with a damaged %s takes the next older checkpoint, says so, and ends the same', async (file, damage) => {
    writeFileSync(newest(file), damage(readFileSync(newest(file))));
    const events = await run();
    expect(events[0]).toMatchObject({ type: 'warning', message: expect.stringMatching(/^ckpt-00000012 is passed over: .+/) });
    expect((events[0] as { message: string }).message).toContain(file);
    expect(events[1]).toMatchObject({ type: 'resumed', step: 6 });
    expect(log()).toContain('warning: ckpt-00000012 is passed over');
    expect(runContent(folder)).toEqual(whole);
  });

  it('[8] with no good checkpoint is refused, and never begun anew in silence', async () => {
    for (const name of checkpointNames(folder)) writeFileSync(join(folder, name, 'state.json'), '');
    const before = folderContent(folder);
    await expect(run()).rejects.toMatchObject({ code: 'CHECKPOINT', message: expect.stringContaining('none of 2 checkpoints') });
    expect(folderContent(folder)).toEqual(before);
  });

  it('[14] from a checkpoint of a newer format is refused, and no older one is taken', async () => {
    const manifest = readFileSync(newest('MANIFEST.json'), 'utf8').replace('"formatVersion": 1', '"formatVersion": 3');
    const sealed = manifest.slice(0, manifest.lastIndexOf('"sha256": "') + 11);
    writeFileSync(newest('MANIFEST.json'), `${sealed}${createHash('sha256').update(sealed).digest('hex')}"\n}\n`);
    const before = folderContent(folder);
    await expect(run()).rejects.toMatchObject({ code: 'SPEC_VERSION' });
    expect(folderContent(folder)).toEqual(before);
  });

  it('[12] [15] with another network is refused with one list of the differences, and nothing is written or kept', async () => {
    const { config } = tinyTrainRun(folder).options;
    const before = folderContent(folder);
    const { model, options } = tinyTrainRun(folder, { numChannels: 12, config });
    const { numTensors } = memory();
    const error = await allEvents(trainRun(model, options)).catch((error: Error & { readonly code?: string }) => error);
    expect(error).toMatchObject({ code: 'CHECKPOINT' });
    const { message } = error as Error;
    for (const what of ['of model is F32 [', 'of ema is F32 [', ', expected F32 [', 'and 28 more']) expect(message).toContain(what);
    expect(memory().numTensors).toBe(numTensors);
    expect(folderContent(folder)).toEqual(before);
  });

  it.each([
    ['step', { step: 11 }, 'step is 11 and nextBatch 12, expected 12, the step of the checkpoint'],
    ['step', { step: 11, nextBatch: 11 }, 'step is 11 and nextBatch 11, expected 12'],
    ['rng', { rng: [1] }, 'rng is not a key of two integers'],
    ['recentLosses', { recentLosses: ['1'] }, 'recentLosses is not a list of numbers'],
    ['skipped', { skipped: [0.5] }, 'skipped is not a list of steps'],
    ['step', { step: '12\u001B[31m' }, 'step is of type string'],
  ])('with a sealed state.json whose %s is wrong is refused: %o', async (_, change, message) => {
    const { step, state, config } = await loadCheckpoint(newest());
    const files = Object.fromEntries(
      ['model.safetensors', 'ema.safetensors', 'optimizer.safetensors'].map((name) => [name, readFileSync(newest(name))]),
    );
    const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
    rmSync(newest(), { recursive: true });
    await writeSealedFolder(
      newest(),
      { ...files, 'state.json': json({ ...(state as object), ...change }), 'config.json': json(config) },
      { about: { kind: 'checkpoint', step } },
    );
    await expect(run()).rejects.toMatchObject({ code: 'CHECKPOINT', message: expect.stringContaining(message) });
  });

  it('sweeps what a killed save has left', async () => {
    mkdirSync(join(folder, '.ckpt-00000018.tmp-1-000000000000'));
    mkdirSync(join(folder, '.trash-ckpt-00000006-000000000000'));
    await run();
    expect(readdirSync(folder).filter((path) => path.startsWith('.'))).toEqual([]);
  });
});

describe('a folder', () => {
  it('[20] of another run is refused at once, and left as it is', async () => {
    const lock = await acquireRunLock(folder, { onLost: () => undefined });
    const before = folderContent(folder);
    await expect(run()).rejects.toMatchObject({ code: 'RUN_LOCKED', message: expect.stringContaining(`process ${process.pid} on host`) });
    expect(folderContent(folder)).toEqual(before);
    await lock.release();
  });

  it('[20] that another has taken meanwhile is written to no more', async () => {
    const { model, options } = tinyTrainRun(folder);
    let before: Readonly<Record<string, string>> = {};
    const loop = async (): Promise<void> => {
      for await (const event of trainRun(model, options)) {
        if (event.type !== 'step' || event.step !== 15) continue;
        rmSync(join(folder, 'run.lock'), { recursive: true });
        await acquireRunLock(folder, { onLost: () => undefined });
        before = folderContent(folder);
      }
    };
    await expect(loop()).rejects.toMatchObject({ code: 'RUN_LOCKED', message: expect.stringContaining('nothing more is written there') });
    expect(folderContent(folder)).toEqual(before);
  });

  it.each(['ckpt-00000012', join('ckpt-00000012', 'inside')])('[23] that is %s is refused, and the checkpoint stays good', async (name) => {
    await expect(run({}, join(folder, name))).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: `trainRun: ${JSON.stringify(newest())} is a checkpoint; give the folder of the run, which it lies in`,
    });
    expect((await loadCheckpoint(newest())).step).toBe(12);
  });

  it.each([
    ['of an add-on for a browser', '{ "manifest_version": 3 }'],
    ['that is no JSON', 'files\n'],
  ])('is taken below a MANIFEST.json %s, which is not ours', async (_, content) => {
    writeFileSync(join(root, 'MANIFEST.json'), content);
    await expect(run({}, join(root, 'new'))).resolves.toContainEqual({ type: 'begun', step: 0 });
  });

  it('whose lock cannot be written is an error of the folder, with the reason', async () => {
    writeFileSync(join(folder, 'run.lock'), 'no folder');
    await expect(run()).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      message: expect.stringMatching(/^trainRun: cannot take the folder ".*ENOTDIR.*make the folder writable/),
    });
  });

  it.each(['a:b', 'nul', ' run', 'a..b', 'x'.repeat(300), 'a\u0007b'])(
    '[24] that cannot be named %j everywhere is not made',
    async (name) => {
      await expect(run({}, join(root, name))).rejects.toMatchObject({
        code: 'INVALID_OPTIONS',
        message: expect.stringContaining('would do'),
      });
      expect(existsSync(join(root, name))).toBe(false);
    },
  );

  it('[24] whose name has a NUL is not made', async () => {
    await expect(run({}, join(root, 'a\0b'))).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('[6] below a file, or that is a link to nowhere, is refused', async () => {
    writeFileSync(join(root, 'file'), '');
    symlinkSync(join(root, 'nowhere', 'else'), join(root, 'link'));
    for (const name of ['file', join('file', 'run'), 'link']) {
      await expect(run({}, join(root, name))).rejects.toMatchObject({
        code: 'INVALID_OPTIONS',
        message: expect.stringMatching(/cannot make the folder .+; choose another$/),
      });
    }
  });

  it.each(['run.log', 'metrics.jsonl'])('whose %s is a folder is refused with its path, and no checkpoint is touched', async (name) => {
    rmSync(join(folder, name));
    mkdirSync(join(folder, name));
    const before = folderContent(folder);
    await expect(run()).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      message: expect.stringMatching(
        new RegExp(`^trainRun: cannot (read|write) ${join(folder, name)}: "EISDIR: .+"; what was saved before is untouched$`),
      ),
    });
    const after = folderContent(folder);
    for (const path of Object.keys(before).filter((path) => path.startsWith('ckpt-'))) expect(after[path]).toBe(before[path]);
  });

  it('whose run.log can no longer be written ends the run with an error, and the next goes on', async () => {
    const { model, options } = tinyTrainRun(folder);
    const loop = async (): Promise<void> => {
      for await (const event of trainRun(model, options)) {
        if (event.type !== 'step' || event.step !== 18) continue;
        rmSync(join(folder, 'run.log'));
        mkdirSync(join(folder, 'run.log'));
      }
    };
    await expect(loop()).rejects.toMatchObject({ code: 'RUN_FOLDER', message: expect.stringContaining('run.log') });
    expect(checkpointNames(folder).at(-1)).toBe('ckpt-00000018');
    rmSync(join(folder, 'run.log'), { recursive: true });
    await run();
    expect(runContent(folder)).toEqual(whole);
  });

  it('whose metrics have a damaged line is refused with file and line', async () => {
    writeFileSync(join(folder, 'metrics.jsonl'), '{"step":3\n{"step":6}\n');
    await expect(run()).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringContaining('metrics.jsonl: line 1 is damaged'),
    });
  });
});

describe('options', () => {
  it.each<readonly [TinyTrainRunOptions, string]>([
    [{ saveEvery: 7 }, 'saveEvery is 7, expected a multiple of eventEvery, which is 3'],
    [{ evaluateEvery: 10 }, 'evaluateEvery is 10, expected a multiple of eventEvery, which is 3'],
    [{ saveEvery: 0 }, 'saveEvery is 0'],
    [{ eventEvery: 0 }, 'eventEvery is 0'],
    [{ keepLast: 0 }, 'keepLast is 0'],
    [{ keepBest: -1 }, 'keepBest is -1'],
    [{ savEvery: 6 } as never, 'no option is named "savEvery"; did you mean "saveEvery"?'],
    [{ clipnorm: 1 } as never, 'no option is named "clipnorm"; did you mean "clipNorm"?'],
    [{ keepBest: 1 }, 'keepBest is 1 without a score'],
    [{ scoreBy: 'bits', evaluate: undefined as never }, 'scoreBy is "bits" without an evaluation'],
    [{ config: { rate: Number.NaN } }, 'config.rate is NaN, which JSON has not'],
    [{ environment: { host: undefined as never } }, 'environment.host is undefined, which JSON has not'],
    [{ numSteps: -1 }, 'numSteps is -1'],
    [{ learningRate: Number.NaN }, 'learningRate is NaN'],
  ])('are refused before a folder is made: %o', async (changes, message) => {
    await expect(run(changes, join(root, 'new'))).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(new RegExp(`^trainRun: ${message.replaceAll('.', String.raw`\.`)}`)),
    });
    expect(existsSync(join(root, 'new'))).toBe(false);
  });

  it.each<readonly [object, string]>([
    [{ step: 1 }, 'evaluate gave "step": a name that metrics have already'],
    [{ bits: '1' }, 'evaluate gave "bits": string, expected a number'],
    [{ loss: 1 }, 'scoreBy is "bits", evaluate gave loss'],
    [undefined as never, 'evaluate gave undefined without being stopped, expected numbers by name'],
  ])('an evaluation that gives %o is refused', async (values, message) => {
    const evaluate = async (): Promise<Record<string, number>> => values as Record<string, number>;
    await expect(run({ evaluate, scoreBy: 'bits' })).rejects.toMatchObject({ code: 'INVALID_OPTIONS', message: `trainRun: ${message}` });
  });
});
