import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRng } from '@d3pm/core';
import { decodeSafetensors } from '@d3pm/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPrompt } from '../src/shards/read-prompt.ts';
import { loadData } from '../src/train/build-training.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TEXT = `
data: { name: moby-dick, length: 16 }
transition: absorbing
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: exact-count
training: { numSteps: 2, batchSize: 4 }
evaluation: { samples: 0, testExamples: 0 }
`;
const DIGITS = `
data: digits
transition: uniform
schedule: { name: cosine, numSteps: 4 }
model: { name: mlp, numChannels: 8 }
loss: hybrid
training: { numSteps: 1, batchSize: 4 }
evaluation: { samples: 0, testExamples: 0 }
`;

let folder: string;
const at = (...path: readonly string[]): string => join(folder, ...path);
const d3pm = (...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args, '--quiet'], { encoding: 'utf8', cwd: folder });
  return { code: status, out: stdout, err: stderr };
};
const infill = (out: string, ...args: readonly string[]): void => {
  expect(d3pm('infill', ...args, '--out', out, '--engine', 'cpu', '--threads', '1')).toMatchObject({ code: 0, err: '' });
};
const statesOf = (out: string): readonly (readonly number[])[] => {
  const { tensors } = decodeSafetensors(readFileSync(at(out, 'samples.safetensors')), { fileName: out });
  const { data, shape } = tensors.get('states')!;
  const positions = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, b) => [...(data as Int32Array).subarray(b * positions, (b + 1) * positions)]);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-infill-'));
  writeFileSync(at('text.yaml'), TEXT);
  writeFileSync(at('digits.yaml'), DIGITS);
  for (const run of ['text', 'digits']) {
    expect(d3pm('train', `${run}.yaml`, '--out', run, '--engine', 'cpu', '--threads', '1')).toMatchObject({ code: 0 });
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('d3pm infill', () => {
  it.each(['ancestral', 'event'])('keeps what is given of a text and draws the rest, by the %s sampler', (sampler) => {
    infill(sampler, 'text', '--text', 'call me ___s', '--count', '6', '--sampler', sampler);
    const texts = readFileSync(at(sampler, 'samples.txt'), 'utf8').trimEnd().split('\n\n');
    expect(texts).toHaveLength(6);
    for (const text of texts) expect(text).toMatch(/^call me [a-z ]{3}s[a-z ]{4}$/u);
    expect(new Set(texts).size).toBeGreaterThan(1);
  });

  it('has the bytes of all at once when it is made in shards', () => {
    const args = ['text', '--text', 'a_b', '--count', '5', '--batch-size', '2'];
    infill('whole', ...args);
    for (const shard of ['0/2', '1/2']) infill('parts', ...args, '--shard', shard);
    expect(d3pm('merge', 'parts')).toMatchObject({ code: 0 });
    expect(readFileSync(at('parts/samples.safetensors')).equals(readFileSync(at('whole/samples.safetensors')))).toBe(true);
    expect(d3pm('infill', 'text', '--text', 'a_c', '--out', 'whole', '--engine', 'cpu')).toMatchObject({ code: 2 });
  });

  it('fills a hole of a held-out image, under noise without a mask too', async () => {
    infill('hole', 'digits', '--example', '3', '--hole', '2,1,4,5', '--count', '4');
    const { test } = await loadData({ data: { name: 'digits' } });
    const original = [...test!.examples([3], createRng(0)).values];
    const isFree = (position: number): boolean => {
      const [row, column] = [Math.floor(position / 8), position % 8];
      return row >= 2 && row < 6 && column >= 1 && column < 6;
    };
    const samples = statesOf('hole');
    for (const sample of samples) {
      expect(sample.filter((_, position) => !isFree(position))).toEqual(original.filter((_, position) => !isFree(position)));
    }
    expect(new Set(samples.map(String)).size).toBe(4);
  });
});

describe('readPrompt', () => {
  it('reads states with gaps, and examples of one row', async () => {
    const { test } = await loadData({ data: { name: 'moby-dick', length: 16 } });
    expect(readPrompt({ states: '3 ?,26' }, test!)).toEqual([3, -1, 26]);
    expect(readPrompt({ text: '_a__' }, test!)).toEqual([-1, 0, -1, -1]);
    const held = [...test!.examples([1], createRng(0)).values];
    expect(readPrompt({ example: 1, hole: '4,2' }, test!)).toEqual(held.map((state, i) => (i === 4 || i === 5 ? -1 : state)));
  });

  it('reads a text of word pieces, a gap for each', async () => {
    const { test } = await loadData({ data: { name: 'sotu-pieces', length: 8, numPieces: 1024 } });
    const prompt = readPrompt({ text: 'the people_of' }, test!);
    expect(prompt.filter((state) => state === -1)).toHaveLength(1);
    const { toText } = test as unknown as { toText: (states: { values: Int32Array; shape: number[] }) => string[] };
    const before = prompt.slice(0, prompt.indexOf(-1));
    expect(toText({ values: Int32Array.from(before), shape: [1, before.length] })).toEqual(['the people']);
  });

  it.each<[Parameters<typeof readPrompt>[0], string]>([
    [{}, 'by one of --text, --states and --example; here by none of them'],
    [{ text: 'a', states: '1' }, 'here by --text and --states'],
    [{ text: 'a', hole: '1,2' }, '--hole is of an --example'],
    [{ text: 'x'.repeat(17) }, 'the prompt has 17 positions, and an example 16; shorten it'],
    [{ text: 'Ab' }, 'character "A" at offset 0, expected a–z or space'],
    [{ states: '1 27' }, '--states has "27", expected 0…26, or ? for any'],
    [{ states: '1.5' }, '--states has "1.5"'],
    [{ example: 1 }, '--example needs --hole'],
    [{ example: 1e9, hole: '0,1' }, 'held-out examples'],
    [{ example: 1, hole: '1,2,3,4' }, '--hole is "1,2,3,4", expected from,length'],
    [{ example: 1, hole: '15,2' }, 'which is not within 16'],
    [{ example: 1, hole: '3,0' }, 'which is not within 16'],
    [{ example: 1, hole: 'a,b' }, 'expected from,length'],
  ])('refuses %j', async (flags, message) => {
    const { test } = await loadData({ data: { name: 'moby-dick', length: 16 } });
    expect(() => readPrompt(flags, test!)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) as string }));
  });

  it('refuses a text of data that is none', async () => {
    const { test } = await loadData({ data: { name: 'digits' } });
    expect(() => readPrompt({ text: 'a' }, test!)).toThrow('is not text; give --states or --example');
    expect(() => readPrompt({ example: 0, hole: '7,0,2,1' }, test!)).toThrow('top,left,height,width, which is not within 8 × 8');
  });
});
