import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRng } from '@d3pm/core';
import { decodeSafetensors } from '@d3pm/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadData } from '../src/train/build-training.ts';
import { cliBed, type Ended } from './cli-bed.ts';

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

const { at, d3pm, succeed, remove } = cliBed('--quiet');
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
  writeFileSync(at('text.yaml'), TEXT);
  writeFileSync(at('digits.yaml'), DIGITS);
  for (const run of ['text', 'digits']) {
    succeed('train', `${run}.yaml`, '--out', run, '--engine', 'cpu', '--threads', '1');
  }
}, 60_000);
afterAll(remove);

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

  it('goes to a folder named after the run, and a second one of other text is told a free folder in one line', () => {
    const typed = (run: string, ...args: readonly string[]): Ended =>
      d3pm('infill', run, ...args, '--count', '2', '--engine', 'cpu', '--threads', '1');
    expect(typed('text', '--text', 'a_b').code).toBe(0);
    expect(typed('digits', '--example', '3', '--hole', '2,1,4,5').code).toBe(0);
    expect([existsSync(at('runs/text-infill/samples.txt')), existsSync(at('runs/digits-infill/samples.png'))]).toEqual([true, true]);
    const { code, err } = typed('text', '--text', 'a_c');
    expect([code, err.split('\n')[0]]).toEqual([
      2,
      expect.stringMatching(
        /^error CONFIG_CHANGED: infill: .* is of another job; give another folder, as --out runs\/text-infill-2, or delete that one\./u,
      ),
    ]);
    expect(typed('text', '--text', 'a_c', '--out', 'runs/text-infill-2').code).toBe(0);
  });

  it.each([
    [
      ['infill', 'text', '--text', 'Call me _'],
      '--text has "Call me ": character "C" at offset 0, expected a–z or space; write it as moby-dick',
    ],
    [['infill', 'text', '--text', 'a_b ü'], '--text has "b ü": character U+00FC at offset 2'],
    [['sample', 'text.yaml'], 'text.yaml is no folder; give the folder of a run of d3pm train, or a checkpoint'],
    [['eval', 'nowhere'], 'nowhere is not there; give the folder of a run of d3pm train, or a checkpoint'],
  ])('is refused as a wrong command line: %j', (args, message) => {
    const { code, err } = d3pm(...args);
    expect(err).toContain(message);
    expect(err).not.toMatch(/Text8/u);
    expect([code, err.split(':')[0]]).toEqual([2, 'error INVALID_OPTIONS']);
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
