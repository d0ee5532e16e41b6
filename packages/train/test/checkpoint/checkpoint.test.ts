import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors, type HostTensor } from '@d3pm/train';
import {
  latestCheckpoint,
  loadCheckpoint,
  nodeFileSystem,
  readSealedFolder,
  saveCheckpoint,
  sweepTemporaries,
  writeSealedFolder,
  type CheckpointContent,
  type SaveCheckpointOptions,
} from '@d3pm/train/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentOf } from './content-of.ts';

let root: string;
let run: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'd3pm-checkpoint-'));
  run = join(root, 'run');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const onSkipped = ({ name }: { readonly name: string }): void => expect.unreachable(`${name} was skipped`);
const save = (content: CheckpointContent, options?: SaveCheckpointOptions): ReturnType<typeof saveCheckpoint> =>
  saveCheckpoint(run, content, options);
const inRun = (): readonly string[] => readdirSync(run).toSorted();

describe('saveCheckpoint', () => {
  it('makes the folder of the run, writes the files by their names, and returns what it was given', async () => {
    run = join(root, 'runs', 'one');
    const content = contentOf(1000);
    const { folder } = await save(content);
    expect(folder).toBe(join(run, 'ckpt-00001000'));
    expect(readdirSync(folder).toSorted()).toEqual([
      'MANIFEST.json',
      'config.json',
      'ema.safetensors',
      'model.safetensors',
      'optimizer.safetensors',
      'state.json',
    ]);
    expect(await loadCheckpoint(folder)).toEqual({ folder, ...content });
    const optimizer = decodeSafetensors(readFileSync(join(folder, 'optimizer.safetensors')), { fileName: 'optimizer' });
    expect([...optimizer.tensors.keys()]).toEqual(['moment1/w', 'moment2/w']);
    expect(JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'))).toEqual(content.state);
  });

  it('does without an average and without a score', async () => {
    const { score: _, ...rest } = contentOf(7);
    const { ema: __, ...tensors } = rest.tensors;
    const { folder } = await save({ ...rest, tensors });
    expect(await loadCheckpoint(folder)).toEqual({ folder, ...rest, tensors });
  });

  it('sorts a step of more than 8 digits behind the others', async () => {
    for (const step of [0, 99_999_999, 100_000_000]) await save(contentOf(step));
    expect(await latestCheckpoint(run, { onSkipped })).toMatchObject({ step: 100_000_000, folder: join(run, 'ckpt-100000000') });
  });

  it('keeps the newest and those with the lowest score, and says what it has removed', async () => {
    const removed: string[] = [];
    for (const [i, score] of [5, 1, 4, 2, 3, 9].entries()) {
      removed.push(...(await save(contentOf(i, { score }), { keepLast: 2, keepBest: 2 })).removed);
    }
    expect(inRun()).toEqual(['ckpt-00000001', 'ckpt-00000003', 'ckpt-00000004', 'ckpt-00000005']);
    expect(removed).toEqual(['ckpt-00000000', 'ckpt-00000002']);
  });

  it('keeps the one just saved also when newer ones are there', async () => {
    for (const step of [10, 20, 3]) await save(contentOf(step), { keepLast: 1 });
    expect(inRun()).toEqual(['ckpt-00000003', 'ckpt-00000020']);
  });

  it('[2] removes nothing while the one just saved does not read back as it was written', async () => {
    await save(contentOf(1));
    const readFile = async (path: string): Promise<Uint8Array> =>
      (await nodeFileSystem.readFile(path)).map((byte, i) => (i === 9 && path.endsWith('00002/ema.safetensors') ? byte ^ 1 : byte));
    const { removed, problems } = await save(contentOf(2), { keepLast: 1, fileSystem: { ...nodeFileSystem, readFile } });
    expect(removed).toEqual([]);
    expect(problems).toMatchObject([{ code: 'INVALID_DATA', message: expect.stringContaining('00002/ema.safetensors is damaged') }]);
    expect(inRun()).toEqual(['ckpt-00000001', 'ckpt-00000002']);
  });

  it('[1] leaves a step as it is that is there with the same content, and replaces any other', async () => {
    const { folder } = await save(contentOf(2));
    const manifest = join(folder, 'MANIFEST.json');
    utimesSync(manifest, 1, 1);
    const before = readFileSync(manifest, 'utf8');
    expect(await save(contentOf(2))).toEqual({ folder, removed: [], problems: [] });
    expect(readFileSync(manifest, 'utf8')).toBe(before);
    expect(inRun()).toEqual(['ckpt-00000002']);
    const other = contentOf(2, { variant: 1 });
    expect(await save(other)).toEqual({ folder: `${folder}-r2`, removed: ['ckpt-00000002'], problems: [] });
    expect(await latestCheckpoint(run, { onSkipped })).toEqual({ folder: `${folder}-r2`, ...other });
    expect(await save({ ...other, score: 9 })).toMatchObject({ folder: `${folder}-r3`, removed: ['ckpt-00000002-r2'] });
  });

  it('[8] replaces a step that is there and damaged', async () => {
    const { folder } = await save(contentOf(2));
    writeFileSync(join(folder, 'state.json'), '{}');
    expect(await save(contentOf(2))).toEqual({ folder: `${folder}-r2`, removed: ['ckpt-00000002'], problems: [] });
    expect(await latestCheckpoint(run, { onSkipped })).toMatchObject(contentOf(2));
  });

  it('removes a link to a checkpoint, and not what it leads to', async () => {
    const { folder } = await saveCheckpoint(join(root, 'other'), contentOf(1));
    mkdirSync(run);
    symlinkSync(folder, join(run, 'ckpt-00000001'));
    expect(await save(contentOf(2), { keepLast: 1 })).toMatchObject({ removed: ['ckpt-00000001'], problems: [] });
    expect(inRun()).toEqual(['ckpt-00000002']);
    expect(await loadCheckpoint(folder)).toMatchObject(contentOf(1));
  });

  const nan: HostTensor = { dtype: 'F32', shape: [2], data: Float32Array.of(1, NaN) };
  it('[13] refuses NaN before anything is written, unless asked', async () => {
    const content = { ...contentOf(1), tensors: { model: { w: nan }, optimizer: {} } };
    await expect(save(content)).rejects.toMatchObject({
      code: 'NON_FINITE',
      message: 'saveCheckpoint: tensor "w" of model: value 1 is NaN, which is not finite; allowNonFinite saves it all the same',
    });
    expect(existsSync(run)).toBe(false);
    const { folder } = await save(content, { allowNonFinite: true });
    await expect(loadCheckpoint(folder)).rejects.toMatchObject({ code: 'NON_FINITE' });
    expect(await loadCheckpoint(folder, { allowNonFinite: true })).toMatchObject({ tensors: content.tensors });
  });

  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  it.each([
    ['a step of 1.5', { step: 1.5 }, {}, 'saveCheckpoint: step is 1.5, expected an integer'],
    ['a step of −1', { step: -1 }, {}, 'saveCheckpoint: step is -1'],
    ['keepLast of 0', {}, { keepLast: 0 }, 'saveCheckpoint: keepLast is 0'],
    ['keepBest of −1', {}, { keepBest: -1 }, 'saveCheckpoint: keepBest is -1'],
    ['a score of NaN', { score: NaN }, {}, 'saveCheckpoint: score is NaN, expected a finite number'],
    ['a state with NaN', { state: { loss: [1, NaN] } }, {}, 'saveCheckpoint: state.loss[1] is NaN, which JSON has not'],
    ['a state with undefined', { state: { 'a b': undefined } }, {}, 'saveCheckpoint: state."a b" is undefined, which JSON has not'],
    ['a state with a function', { state: [(): void => undefined] }, {}, 'saveCheckpoint: state[0] is a function, which JSON has not'],
    ['a config with a typed array', { config: new Float32Array(1) }, {}, 'saveCheckpoint: config is no plain object'],
    ['a config that holds itself', { config: cyclic }, {}, 'is nested more than 64 deep, or holds itself'],
    ['[66] a config with __proto__', { config: JSON.parse('{"__proto__": 1}') as object }, {}, 'config has the key "__proto__"'],
    [
      'a tensor of another length',
      { tensors: { model: { w: { ...nan, data: new Float32Array(3) } }, optimizer: {} } },
      {},
      'tensor "w": its shape is [2] and its data has 3',
    ],
  ])('%s is refused, and nothing is left', async (_title, content, options, message) => {
    await expect(save({ ...contentOf(1), ...content } as never, options)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining(message),
    });
    expect(existsSync(run) ? readdirSync(run) : []).toEqual([]);
  });

  it.each([
    ['is a file', () => writeFileSync(run, ''), 'run is a file, expected a folder; move it away, or give another folder'],
    [
      'lies in a file',
      () => (writeFileSync(run, ''), void (run = join(run, 'below'))),
      'below: a part of its path is a file, not a folder (ENOTDIR)',
    ],
    ['is a link that leads nowhere', () => symlinkSync(join(root, 'nowhere'), run), 'run is a link that leads nowhere; remove it'],
    ['has a name of 300 characters', () => void (run = join(root, 'x'.repeat(300))), 'its name is too long (ENAMETOOLONG)'],
  ])('[6] says that the run folder %s', async (_title, prepare, message) => {
    prepare();
    await expect(save(contentOf(1))).rejects.toMatchObject({ code: 'CHECKPOINT', message: expect.stringContaining(message) });
  });

  it('[6] saves through a link to a folder', async () => {
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), run);
    await save(contentOf(1));
    expect(readdirSync(join(root, 'elsewhere'))).toEqual(['ckpt-00000001']);
  });
});

describe('latestCheckpoint', () => {
  it('finds none where there is no folder, and in a folder without one', async () => {
    expect(await latestCheckpoint(run, { onSkipped })).toBeUndefined();
    mkdirSync(run);
    for (const name of ['ckpt-1', 'ckpt-000000001', 'ckpt-00000001-r1', 'ckpt-00000001-r02', '.ckpt-00000001.tmp-1-0123456789ab', 'logs']) {
      mkdirSync(join(run, name));
    }
    expect(await latestCheckpoint(run, { onSkipped })).toBeUndefined();
  });

  it('[22] goes by the step, not by the clock', async () => {
    for (const step of [3, 1, 2]) await save(contentOf(step));
    for (const [i, step] of [3, 2, 1].entries()) utimesSync(join(run, `ckpt-0000000${step}`), 1000 + i, 1000 + i);
    expect(await latestCheckpoint(run, { onSkipped })).toMatchObject({ step: 3 });
  });

  it('[6] says that the run folder is a file', async () => {
    writeFileSync(run, '');
    await expect(latestCheckpoint(run, { onSkipped })).rejects.toMatchObject({
      code: 'CHECKPOINT',
      message: expect.stringMatching(/^latestCheckpoint: cannot list the folder .*run: a part of its path is a file/),
    });
  });

  it('loads a checkpoint that was renamed, by its own name', async () => {
    const { folder } = await save(contentOf(1));
    execFileSync('mv', [folder, join(run, 'best')]);
    expect(await latestCheckpoint(run, { onSkipped })).toBeUndefined();
    expect(await loadCheckpoint(join(run, 'best'))).toMatchObject({ step: 1 });
  });
});

describe('a sealed folder', () => {
  const folder = (): string => join(root, 'sealed');

  it('returns the files and the fields that it was given', async () => {
    const files = { 'a.bin': Uint8Array.of(1, 2), b: (): Uint8Array => new Uint8Array(0) };
    await writeSealedFolder(folder(), files, { about: { note: 'имя' } });
    expect(await readSealedFolder(folder())).toEqual({
      about: { note: 'имя' },
      files: new Map([
        ['a.bin', Uint8Array.of(1, 2)],
        ['b', new Uint8Array(0)],
      ]),
    });
    expect(readdirSync(root)).toEqual(['sealed']);
  });

  it.each(['../a', '/a', 'a/b', 'a\\b', '', '.', '..', '.hidden', 'a.', 'a\n', 'имя', 'MANIFEST.json', 'a'.repeat(129)])(
    '[24] refuses the file name %j',
    async (name) => {
      await expect(writeSealedFolder(folder(), { [name]: new Uint8Array(1) })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
      expect(readdirSync(root)).toEqual([]);
    },
  );

  it.each([
    ['a folder', () => mkdirSync(folder())],
    ['a file', () => writeFileSync(folder(), '')],
  ])('does not replace %s that is there', async (_title, make) => {
    make();
    await expect(writeSealedFolder(folder(), {})).rejects.toMatchObject({
      code: 'CHECKPOINT',
      message: `writeSealedFolder: ${folder()} exists already; give another name`,
    });
    expect(readdirSync(root)).toEqual(['sealed']);
  });

  it('sweeps what was left, and nothing else', async () => {
    const left = ['.ckpt-00000001.tmp-77-0123456789ab', '.trash-ckpt-00000001-r2-0123456789ab'];
    const own = ['.gitignore', '.trash', 'ckpt-00000001', 'x.tmp-1-0123456789ab'];
    for (const name of [...left, ...own]) mkdirSync(join(root, name, 'below'), { recursive: true });
    writeFileSync(join(root, left[0]!, 'below', 'file'), '1');
    expect((await sweepTemporaries(root)).toSorted()).toEqual(left);
    expect(await sweepTemporaries(join(root, 'nowhere'))).toEqual([]);
    expect(readdirSync(root).toSorted()).toEqual(own);
  });
});
