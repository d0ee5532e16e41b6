import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng, type MetricReport } from '@d3pm/core';
import { evaluateMetrics, featureSet, featureStatistics, fid, inceptionScoreMetric, kid } from '@d3pm/eval';
import { decodeSafetensors } from '@d3pm/train';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { digits } from '../src/data/digits.ts';
import { featureExtractor } from '../src/features/feature-extractor.ts';
import { runJob, runMerge } from '../src/shards/run-job.ts';
import { runScore } from '../src/shards/run-score.ts';
import { runTrain } from '../src/train/run-train.ts';

const DIGITS = `
data: { name: digits }
transition: { name: uniform }
schedule: { name: cosine, numSteps: 8 }
model: { name: mlp, numChannels: 8 }
loss: { name: hybrid, lambda: 0.01 }
training: { numSteps: 2, batchSize: 8, eventEvery: 2 }
evaluation: { samples: 0, testExamples: 0 }
`;

const flags = { engine: 'cpu', threads: 1, setup: false, quiet: true } as const;
let folder: string;
const at = (...path: readonly string[]): string => join(folder, ...path);
const bytes = (...path: readonly string[]): Buffer => readFileSync(at(...path));

beforeAll(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  folder = mkdtempSync(join(tmpdir(), 'd3pm-score-'));
  writeFileSync(at('digits.yaml'), DIGITS);
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** The scores of samples of digits as the metrics have them, from the images themselves. */
async function scoresByMetrics(name: string, examples: number, against: 'test' | 'train' = 'test'): Promise<readonly MetricReport[]> {
  const split = (await digits())[against];
  const { numStates, exampleShape } = split;
  const extractor = await featureExtractor('digits', { numStates, exampleShape });
  const indices = Array.from({ length: examples }, (_, i) => Math.floor((i * split.size) / examples));
  const data = [split.examples(indices, createRng(1))];
  const setting = { numStates, exampleShape };
  const dataId = `${split.name}, ${examples} examples`;
  const states = decodeSafetensors(bytes(name, 'samples.safetensors'), { fileName: name }).tensors.get('states')!;
  try {
    return await evaluateMetrics(
      [{ values: Int32Array.from(states.data as Int32Array), shape: states.shape }],
      [
        inceptionScoreMetric.create(setting, { extractor, splits: 1 }),
        kid.create(setting, { extractor, features: await featureSet(data, { extractor, dataId }) }),
        fid.create(setting, { extractor, statistics: await featureStatistics(data, { extractor, dataId }) }),
      ],
    );
  } finally {
    extractor.dispose?.();
  }
}

describe('scores of samples', () => {
  const score = (out: string, { shard, against = 'test' }: { shard?: string; against?: 'test' | 'train' } = {}): Promise<void> =>
    runScore(at('drawn'), { ...flags, out: at(out), features: 'digits', against, examples: 330, ...(shard !== undefined && { shard }) });
  const reportsOf = (out: string): readonly MetricReport[] =>
    (JSON.parse(bytes(out, 'scores.json').toString()) as { readonly reports: readonly MetricReport[] }).reports;

  beforeAll(async () => {
    await runTrain(at('digits.yaml'), { ...flags, out: at('digits'), set: [], allowChange: false, group: 'none' });
    const options = { count: 250, batchSize: 50, steps: 4, sampler: 'ancestral', seed: 1 };
    await runJob('sample', at('digits'), { ...flags, out: at('drawn'), options });
    await score('scores');
  }, 60_000);

  it('are those of the metrics, and say which network they are by', async () => {
    const reports = reportsOf('scores');
    expect(reports.map(({ name }) => name)).toEqual([
      'IS-digits-classifier/features',
      'KID-digits-classifier/features',
      'FID-digits-classifier/features',
    ]);
    expect(reports).toEqual(await scoresByMetrics('drawn', 330));
  });

  it('of seven shards have, together, the bytes of all at once', { timeout: 60_000 }, async () => {
    for (const index of [3, 0, 1, 2, 4, 5, 6]) await score('parts', { shard: `${index}/7` });
    await runMerge([at('parts')], { quiet: true });
    expect(bytes('parts', 'scores.json').equals(bytes('scores', 'scores.json'))).toBe(true);
  });

  it('are against the split that is asked for, which is part of a shard', { timeout: 60_000 }, async () => {
    for (const index of [1, 0]) await score('of-train', { shard: `${index}/2`, against: 'train' });
    await expect(score('of-train', { shard: '1/2' })).rejects.toThrow(/of another job;[^]*options\.against: "train" before, "test" now/);
    await runMerge([at('of-train')], { quiet: true });
    expect(reportsOf('of-train')).toEqual(await scoresByMetrics('drawn', 330, 'train'));
    expect(JSON.parse(bytes('of-train', 'scores.json').toString())).toMatchObject({ reference: 'digits/train, 330 examples' });
  });

  it('are of the folder of d3pm sample', async () => {
    await expect(runScore(at('digits'), { ...flags, out: at('none'), features: 'digits', against: 'test', examples: 9 })).rejects.toThrow(
      'give the folder of d3pm sample, once its shards are merged',
    );
  });
});
