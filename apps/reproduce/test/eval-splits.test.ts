import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JsonObject } from '@d3pm/train/node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runJob, runMerge } from '../src/shards/run-job.ts';
import { runTrain } from '../src/train/run-train.ts';

const folder = mkdtempSync(join(tmpdir(), 'd3pm-eval-'));
const at = (...path: readonly string[]): string => join(folder, ...path);
/** 30 lines of 4 pieces; example i has 1 + i mod 3 words. */
const LINES = `const split = (name, words) => ({
  name: 'lines/' + name, numStates: 5, exampleShape: [4], size: 30, ...words,
  examples: (indices) => ({ values: Int32Array.from({ length: 4 * indices.length }, (_, i) => (indices[i >> 2] * 3 + i) % 5), shape: [indices.length, 4] }),
});
const words = { words: Float64Array.from({ length: 30 }, (_, i) => 1 + (i % 3)) };
export const lines = {
  specVersion: 1, kind: 'dataset', name: 'acme/lines', parse: (options) => options,
  load: async ({ valid }) => ({ train: split('train', words), test: split('test', words), ...(valid && { valid: split('valid', {}) }) }),
};
`;
const configOf = (valid: boolean): string => `
plugins: [${JSON.stringify(pathToFileURL(at('lines.mjs')).href)}]
data: { name: acme/lines, valid: ${valid} }
transition: absorbing
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: exact-count
training: { numSteps: 2, batchSize: 4 }
evaluation: { samples: 0, testExamples: 0 }
`;
const flags = { engine: 'cpu', threads: 1, setup: false, quiet: true } as const;
const bound = (out: string, { run = 'run', shard, ...options }: { readonly run?: string; readonly shard?: string } & JsonObject = {}) =>
  runJob('eval', at(run), {
    ...flags,
    trustPlugins: true,
    out: at(out),
    ...(shard !== undefined && { shard }),
    options: { examples: 14, batchSize: 4, replicates: 2, stepsPerExample: 4, seed: 1, ...options },
  });
const text = (out: string): string => readFileSync(at(out, 'likelihood.json'), 'utf8');
interface Likelihood {
  readonly data: string;
  readonly total: { readonly nats: number };
  readonly perWord?: { readonly perplexity: number; readonly standardError: number; readonly words: number };
}
const likelihood = (out: string): Likelihood => JSON.parse(text(out)) as Likelihood;

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  writeFileSync(at('lines.mjs'), LINES);
  for (const [name, valid] of [
    ['run', true],
    ['without', false],
  ] as const) {
    writeFileSync(at(`${name}.yaml`), configOf(valid));
    await runTrain(at(`${name}.yaml`), { ...flags, out: at(name), set: [], allowChange: false, group: 'none' });
  }
}, 60_000);
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('d3pm eval of data that counts words', () => {
  it('has the perplexity per word of the examples it took, their words and an error', async () => {
    await bound('words');
    const { data, total, perWord } = likelihood('words');
    const taken = Array.from({ length: 14 }, (_, i) => 1 + (Math.floor((i * 30) / 14) % 3));
    const words = taken.reduce((sum, count) => sum + count, 0);
    expect([data, perWord!.words]).toEqual(['lines/test', words]);
    expect(perWord!.perplexity).toBeCloseTo(Math.exp((14 * total.nats) / words), 9);
    expect(perWord!.standardError).toBeGreaterThan(0);
  });

  it('has the same bytes of shards that are merged', async () => {
    await bound('whole');
    for (const index of [2, 0, 1]) await bound('parts', { shard: `${index}/3` });
    await runMerge([at('parts')], { quiet: true, trustPlugins: true });
    expect(text('parts')).toBe(text('whole'));
  });
});

describe('d3pm eval --split', () => {
  it('is on the validation split where that is asked for', async () => {
    await bound('valid', { split: 'valid' });
    expect(likelihood('valid').data).toBe('lines/valid');
    expect(likelihood('valid').perWord).toBeUndefined();
  });

  it('refuses a split that the data does not have', async () => {
    await expect(bound('none', { run: 'without', split: 'valid' })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: 'acme/lines has no valid split to compare with',
    });
  });
});
