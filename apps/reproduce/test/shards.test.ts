import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { D3pmError } from '@d3pm/core';
import { decodeSafetensors } from '@d3pm/train';
import type { JsonObject } from '@d3pm/train/node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runJob, runMerge } from '../src/shards/run-job.ts';
import { runTrain } from '../src/train/run-train.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TEXT = `
data: { name: moby-dick, length: 16 }
transition: { name: absorbing }
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: exact-count }
training: { numSteps: 4, batchSize: 4, eventEvery: 2, emaDecay: 0.9 }
evaluation: { samples: 0, testExamples: 0 }
`;
const ROLL = `
data: { name: swiss-roll, size: 100, numStates: 8, seed: 1 }
transition: { name: uniform }
schedule: { name: cosine, numSteps: 8 }
model: { name: mlp, numChannels: 8 }
loss: { name: hybrid, lambda: 0.01 }
training: { numSteps: 4, batchSize: 8, eventEvery: 2 }
evaluation: { samples: 0, testExamples: 0 }
`;

const flags = { engine: 'cpu', threads: 1, setup: false, quiet: true } as const;
let folder: string;
const at = (...path: readonly string[]): string => join(folder, ...path);
const bytes = (...path: readonly string[]): Buffer => readFileSync(at(...path));
const sampling = { count: 26, batchSize: 4, sampler: 'ancestral', seed: 1 };
const evaluation = { examples: 26, batchSize: 4, replicates: 2, stepsPerExample: 4, seed: 1 };

interface Asked {
  readonly shard?: string;
  readonly run?: string;
  readonly options?: JsonObject;
}
const samples = (out: string, { shard, run = 'text', options = {} }: Asked = {}): Promise<void> =>
  runJob('sample', at(run), { ...flags, out: at(out), ...(shard !== undefined && { shard }), options: { ...sampling, ...options } });
const bound = (out: string, { shard, run = 'text', options = {} }: Asked = {}): Promise<void> =>
  runJob('eval', at(run), { ...flags, out: at(out), ...(shard !== undefined && { shard }), options: { ...evaluation, ...options } });
const merge = (folders: readonly string[], out?: string): Promise<void> =>
  runMerge(
    folders.map((name) => at(name)),
    { quiet: true, ...(out !== undefined && { out: at(out) }) },
  );
const rejection = (work: Promise<unknown>): Promise<D3pmError> =>
  work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: D3pmError) => error,
  );
const d3pm = (...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: folder });
  return { code: status, out: stdout, err: stderr };
};

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  folder = mkdtempSync(join(tmpdir(), 'd3pm-shards-'));
  for (const [name, config] of Object.entries({ text: TEXT, roll: ROLL })) {
    writeFileSync(at(`${name}.yaml`), config);
    await runTrain(at(`${name}.yaml`), { ...flags, out: at(name), set: [], allowChange: false, group: 'none' });
  }
}, 60_000);
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe('seven shards', () => {
  it('of samples have, together, the bytes of all at once', { timeout: 60_000 }, async () => {
    await samples('samples');
    for (const index of [6, 0, 1, 2, 3, 4, 5]) await samples('parts', { shard: `${index}/7` });
    expect(readdirSync(at('parts')).filter((name) => !name.startsWith('shard-'))).toEqual([]);
    await merge(['parts']);
    for (const name of ['samples.safetensors', 'samples.txt', 'samples.json']) {
      expect(bytes('parts', name).equals(bytes('samples', name))).toBe(true);
    }
    expect(JSON.parse(bytes('parts', 'samples.json').toString())).toMatchObject({
      computedBy: [{ backend: 'cpu', d3pm: expect.any(String) }],
    });
    const { tensors } = decodeSafetensors(bytes('parts', 'samples.safetensors'), { fileName: 'samples' });
    expect(tensors.get('states')).toMatchObject({ dtype: 'I32', shape: [26, 16] });
  });

  it('of a bound, merged from two folders, have the bytes of all at once', { timeout: 60_000 }, async () => {
    await bound('bound');
    for (const index of [0, 1, 2, 3, 4, 5, 6]) await bound(index < 3 ? 'left' : 'right', { shard: `${index}/7` });
    await merge(['right', 'left'], 'merged');
    expect(bytes('merged', 'likelihood.json').equals(bytes('bound', 'likelihood.json'))).toBe(true);
    const report = JSON.parse(bytes('merged', 'likelihood.json').toString()) as Record<string, never>;
    const computedBy = [expect.objectContaining({ backend: 'cpu', d3pm: expect.any(String), processor: expect.any(String) })];
    expect(report['computedBy']).toEqual(computedBy);
    expect(report).toMatchObject({ numExamples: 26, convention: { estimator: 'exact-count' }, step: 4 });
    expect(report['total']!['standardErrorBitsPerDimension']).toBeGreaterThan(0);
  });
});

describe('a shard', () => {
  it('[80] that is there already changes nothing', async () => {
    await samples('again', { shard: '1/3' });
    const before = statSync(at('again', 'shard-1-of-3', 'shard.safetensors')).mtimeMs;
    await samples('again', { shard: '1/3' });
    expect(statSync(at('again', 'shard-1-of-3', 'shard.safetensors')).mtimeMs).toBe(before);
  });

  it('[78] of other options, or of other weights, is not taken for it', async () => {
    await samples('other', { shard: '0/2' });
    const seeded = await rejection(samples('other', { shard: '0/2', options: { seed: 5 } }));
    expect([seeded.code, seeded.message]).toEqual(['CONFIG_CHANGED', expect.stringContaining('options.seed: 1 before, 5 now')]);
    const roll = await rejection(samples('other', { shard: '0/2', run: 'roll' }));
    expect([roll.code, roll.message]).toEqual([
      'CONFIG_CHANGED',
      expect.stringContaining('config.data.name: "moby-dick" before, "swiss-roll" now'),
    ]);
  });

  it('[79] of more shards than there are batches is refused', async () => {
    const { code, message } = await rejection(samples('many', { shard: '0/8' }));
    expect([code, message]).toEqual(['INVALID_OPTIONS', '--shard: 7 batches do not make 8 shards; take fewer, or smaller batches']);
  });
});

describe('merge', () => {
  const made = async (name: string, ...shards: readonly string[]): Promise<void> => {
    for (const shard of shards) await samples(name, { shard });
  };
  const refusal = async (...folders: readonly string[]): Promise<string> => (await rejection(merge(folders))).message;

  it('[78] refuses gaps, twins, other counts and other jobs', { timeout: 60_000 }, async () => {
    await made('gap', '0/3', '2/3');
    expect(await refusal('gap')).toBe('merge: of 3 shards 1 is missing; run it, and merge again');
    cpSync(at('gap', 'shard-0-of-3'), at('twin', 'shard-0-of-3'), { recursive: true });
    expect(await refusal('gap', 'twin')).toContain('shard 0 is there twice');
    await made('gap', '1/2');
    expect(await refusal('gap')).toMatch(/shards, .* of \d; merge those of one job alone$/);
    await made('job', '0/2');
    await samples('job', { shard: '1/2', options: { seed: 2 } });
    expect(await refusal('job')).toContain('options.seed: 1 in the first, 2 in the second');
    expect(await refusal('nowhere')).toContain('merge: cannot list ');
    expect(await refusal('text')).toContain('there is no shard; give the folder that --out named');
  });

  it('[78] goes by the number in the manifest, and refuses a shard that is damaged', { timeout: 60_000 }, async () => {
    await made('harm', '0/2', '1/2');
    renameSync(at('harm', 'shard-1-of-2'), at('harm', 'shard-0-of-3'));
    await merge(['harm']);
    expect(existsSync(at('harm', 'samples.safetensors'))).toBe(true);
    const content = bytes('harm', 'shard-0-of-2', 'shard.safetensors');
    content[content.length - 1]! ^= 1;
    writeFileSync(at('harm', 'shard-0-of-2', 'shard.safetensors'), content);
    expect(await refusal('harm')).toMatch(/shard\.safetensors is damaged: its sha256 is .*; delete the folder, and run this shard again/);
  });
});

describe('d3pm sample and d3pm eval', () => {
  it('read one checkpoint, draw points as a picture, and say what they found and where a shard is', { timeout: 60_000 }, () => {
    const drawn = d3pm('sample', 'roll/ckpt-00000004', '--count', '10', '--steps', '3', '--out', 'points', '--engine', 'cpu');
    expect([drawn.code, drawn.out]).toEqual([0, expect.stringContaining('samples.png')]);
    expect(bytes('points', 'samples.png').subarray(1, 4).toString()).toBe('PNG');
    expect(drawn.err).toContain('10 samples of step 4 in 3 calls of the network');
    const shard = ['eval', 'text', '--examples', '8', '--batch-size', '4', '--out', 'one', '--shard', '1/2', '--engine', 'cpu'];
    expect(d3pm(...shard).out).toBe(`${at('one', 'shard-1-of-2')}\n`);
    const again = d3pm(...shard);
    expect([again.code, again.out]).toEqual([0, `${at('one', 'shard-1-of-2')}\n`]);
    expect(again.err).toContain('is there already');
    expect(again.err).not.toContain('engine');
  });

  it('look at --out before they work', async () => {
    writeFileSync(at('a-file'), '');
    for (const out of ['a-file', 'a-file/within']) {
      expect(await rejection(samples(out))).toMatchObject({
        code: 'INVALID_OPTIONS',
        message: expect.stringMatching(/^--out: cannot write to .*a-file.*; choose another folder$/u),
      });
    }
  });

  it('say what is missing', async () => {
    mkdirSync(at('empty'));
    expect((await rejection(samples('none', { run: 'empty' }))).message).toContain(
      'has no checkpoint; give the folder of a run of d3pm train',
    );
  });

  it('take the folder of a row of a table for its run, and name the rows of a whole table', async () => {
    for (const row of ['absorbing-seed-1', 'absorbing-seed-2']) cpSync(at('text'), at('table', row, 'run'), { recursive: true });
    await samples('of-row', { run: join('table', 'absorbing-seed-2') });
    await samples('of-run');
    expect(bytes('of-row', 'samples.safetensors').equals(bytes('of-run', 'samples.safetensors'))).toBe(true);
    const rows = `"${at('table', 'absorbing-seed-1')}", "${at('table', 'absorbing-seed-2')}"`;
    expect((await rejection(samples('none', { run: 'table' }))).message).toBe(
      `${at('table')} has no checkpoint; there are runs in it: ${rows}; give one of them`,
    );
  });

  it('estimate the bound in three ways that agree', { timeout: 60_000 }, async () => {
    const of = async (name: string, options: JsonObject): Promise<number> => {
      await bound(name, { options: { replicates: 8, ...options } });
      const { total } = JSON.parse(bytes(name, 'likelihood.json').toString()) as { readonly total: { readonly bitsPerDimension: number } };
      return total.bitsPerDimension;
    };
    const full = await of('full', { estimate: 'full-sum' });
    // An untrained network: every masked position costs about log2 27, so that exact counts are nearly exact.
    expect(await of('counts', {})).toBeCloseTo(full, 1);
    expect(await of('strata', { estimate: 'stratified' })).toBeCloseTo(full, 0);
  });
});
