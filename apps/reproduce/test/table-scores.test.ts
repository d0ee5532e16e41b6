import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng, type States } from '@d3pm/core';
import { imageDataset } from '@d3pm/data';
import { prepareEngine } from '@d3pm/engine';
import { evaluateMetrics, featureSet, featureStatistics, fid, inceptionScoreMetric, kid, type FeatureExtractor } from '@d3pm/eval';
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@d3pm/train';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digits } from '../src/data/digits.ts';
import { featureExtractor } from '../src/features/feature-extractor.ts';
import { referenceSplit } from '../src/features/reference-split.ts';
import { createRunFolder, type RunFolder } from '../src/run-folder.ts';
import { dataScores, readDataScores } from '../src/tables/images/data-scores.ts';
import { differenceSummary } from '../src/tables/images/difference-summary.ts';
import { imagePage } from '../src/tables/images/image-page.ts';
import { referenceFeatures } from '../src/tables/images/reference-features.ts';
import { scoresOf } from '../src/tables/images/score-images.ts';
import { scoreSummary } from '../src/tables/images/score-summary.ts';
import { table3 } from '../src/tables/images/table-3.ts';
import { rowPieces } from '../src/tables/row-pieces.ts';
import type { DifferenceRecord, ScoresRecord } from '../src/tables/row-results.ts';
import type { ImageTable } from '../src/tables/table.ts';

const progress = { start: () => undefined, update: () => undefined, finish: () => undefined, stop: () => undefined };
const provenance = { command: 'd3pm table-3', engine: 'cpu', hardware: 'a machine', node: 'v22', seconds: 1 };

let folder: RunFolder;
beforeAll(() => prepareEngine());
beforeEach(async () => {
  folder = await createRunFolder(mkdtempSync(join(tmpdir(), 'd3pm-scores-')));
});
afterEach(() => rmSync(folder.path, { recursive: true, force: true }));

const scoredWith = (weights: string): ImageTable =>
  table3({ size: 'smoke', data: 'digits', inception: { file: `${weights}.safetensors`, checksum: weights.repeat(64) } });
const scores = (weights: string, value: number, standardError = 0.5): ScoresRecord => ({
  steps: 4,
  numSamples: 12,
  reference: 'digits/test, 359 images',
  extractor: { id: 'inception-2015-12-05/pool3', checksum: weights.repeat(64) },
  reports: [{ name: 'KID-inception-2015-12-05/pool3', unit: 'MMD²', value, standardError, numSamples: 12 }],
});

describe('scores are of the weights that measured them', () => {
  const [a, b] = [scoredWith('a'), scoredWith('b')];
  const row = a.rows[0]!;
  const pieces = (table: ImageTable): ReturnType<typeof rowPieces> => rowPieces(table, row, { folder: folder.path, seed: 1 });
  const ofInception = { kind: 'scores', features: 'inception', steps: 4 } as const;
  const ofDigits = { kind: 'scores', features: 'digits', steps: 4 } as const;

  it('so that a piece of other weights is refused by name, and no other piece is', async () => {
    await pieces(a).write(ofInception, { value: scores('a', 10), provenance });
    await pieces(a).write(ofDigits, { value: scores('d', 3), provenance });
    expect((await pieces(a).read(ofInception))!.value.reports[0]!.value).toBe(10);
    await expect(pieces(b).read(ofInception)).rejects.toMatchObject({
      code: 'CONFIG_CHANGED',
      message: expect.stringMatching(
        /scores-inception-4\.json is of .* by other weights .*delete the file, and it is made again/,
      ) as string,
    });
    for (const table of [a, b, table3({ size: 'smoke', data: 'digits' })])
      expect((await pieces(table).read(ofDigits))!.value.reports[0]!.value).toBe(3);
  });

  it('so that scores of real images by other weights are not taken', async () => {
    const kept = await dataScores(table3({ size: 'smoke', data: 'digits' }), { folder, progress, signal: new AbortController().signal });
    const file = join(folder.path, 'data-scores.json');
    const written = JSON.parse(readFileSync(file, 'utf8')) as { scores: Record<string, ScoresRecord> };
    written.scores['inception'] = scores('a', 10);
    writeFileSync(file, JSON.stringify(written));
    expect(await readDataScores(a, folder)).toEqual({ digits: kept[0], inception: scores('a', 10) });
    expect(await readDataScores(b, folder)).toEqual({ digits: kept[0] });
    expect(await readDataScores(table3({ size: 'smoke', data: 'digits' }), folder)).toEqual({ digits: kept[0] });
  });

  it('so that differences of different weights have no mean', () => {
    const difference = (weights: string, value: number, standardError: number): DifferenceRecord => ({
      steps: 8,
      lessSteps: 4,
      numSamples: 12,
      reference: 'digits/test, 359 images',
      extractor: scores(weights, 0).extractor,
      name: 'KID-inception-2015-12-05/pool3',
      difference: value,
      standardError,
    });
    expect(differenceSummary([difference('a', -1, 0.5), difference('a', 3, 0.25)])).toMatchObject({
      difference: { mean: 1, spread: 2 },
      standardError: 0.5,
      digits: 2,
    });
    expect(() => differenceSummary([difference('a', -1, 0.5), difference('b', 3, 0.5)])).toThrow('cannot be averaged');
  });

  it('so that seeds of different weights have no mean', () => {
    expect(scoreSummary([scores('a', 10), scores('a', 12)]).values[0]!.value.mean).toBe(11);
    expect(() => scoreSummary([scores('a', 10), scores('b', 12)])).toThrow(
      expect.objectContaining({
        code: 'INVALID_DATA',
        message: expect.stringMatching(/pool3 \(SHA-256 a{16}…\) and by .*b{16}.*delete the results of one/) as string,
      }),
    );
  });
});

describe('scoreSummary', () => {
  it.each([
    [0.00042, 5],
    [0.0996, 2],
    [0.012, 3],
    [0.5, 2],
    [31, 0],
    [0, 3],
    [NaN, 3],
  ])('shows as many digits as a standard error of %d leaves', (standardError, digits) => {
    expect(scoreSummary([scores('a', 1, standardError)]).values[0]!.digits).toBe(digits);
  });
});

describe('scoresOf', () => {
  it('says what the metrics say of the images themselves', { timeout: 60_000 }, async () => {
    const splits = await digits();
    const table = table3({ size: 'smoke', data: 'digits' });
    const samples = splits.train.examples(
      Array.from({ length: 150 }, (_, i) => 7 * i),
      createRng(1),
    );
    let batches = 0;
    const record = await scoresOf(samples, {
      table,
      features: 'digits',
      reference: referenceSplit(splits, 'test', { name: 'digits' }),
      tableFolder: folder.path,
      onProgress: (done) => (batches = done),
    });
    expect(batches).toBe(4 + 2);
    const { numStates, exampleShape, size } = splits.test;
    const setting = { numStates, exampleShape };
    const extractor = await featureExtractor('digits', setting);
    const dataId = 'digits/test, 359 images';
    const data = [
      splits.test.examples(
        Array.from({ length: size }, (_, i) => i),
        createRng(1),
      ),
    ];
    const reports = await evaluateMetrics(
      [samples],
      [
        inceptionScoreMetric.create(setting, { extractor, splits: 1 }),
        kid.create(setting, { extractor, features: await featureSet(data, { extractor, dataId }) }),
        fid.create(setting, { extractor, statistics: await featureStatistics(data, { extractor, dataId }) }),
      ],
    );
    extractor.dispose?.();
    expect(record.reports.map(({ name, warnings }) => [name, warnings])).toEqual(reports.map(({ name, warnings }) => [name, warnings]));
    // Features differ by the rounding of other batches.
    record.reports.forEach(({ value }, i) => expect(Math.abs(value / reports[i]!.value - 1)).toBeLessThan(1e-4));
    expect(record).toMatchObject({ numSamples: 150, reference: dataId });
  });
});

describe('what samples are compared with', () => {
  it('is not mirrored', () => {
    const data = Uint8Array.from({ length: 600 }, (_, i) => i % 2);
    const train = imageDataset({ data, shape: [300, 1, 2, 1] }, { name: 'made/train', flips: 'horizontal' });
    const indices = Array.from({ length: 300 }, (_, i) => i);
    expect([...train.examples(indices, createRng(1)).values]).not.toEqual([...data]);
    expect([...referenceSplit({ train }, 'train', { name: 'made' }).examples(indices, createRng(1)).values]).toEqual([...data]);
    expect(() => referenceSplit({ train }, 'test', { name: 'made' })).toThrow('made has no test split to compare with');
  });

  it('is the training images of the paper’s data, beside which held-out ones are scored', async () => {
    expect(table3({ size: 'paper', data: 'cifar10' }).reference).toBe('train');
    const table: ImageTable = { ...table3({ size: 'smoke', data: 'digits' }), reference: 'train', differences: [] };
    const more = { ...table, sizes: { ...table.sizes, samples: 1000 } };
    const [record] = await dataScores(more, { folder, progress, signal: new AbortController().signal });
    expect(record).toMatchObject({ reference: 'digits/train, 1438 images', numSamples: 359 });
    await expect(readDataScores({ ...more, reference: 'test' }, folder)).rejects.toMatchObject({ code: 'CONFIG_CHANGED' });
    const page = imagePage({
      table: more,
      rows: [],
      scores: [scoreSummary([record!])],
      differences: [],
      trainings: [],
      provenance: [],
      pictures: [],
      jobs: { done: 0, all: 9, missing: [] },
    });
    expect(page).toContain('| held-out images (359) | – |');
    expect(page).toContain('1000 samples of each row and seed against digits/train, 1438 images');
  });

  it('is part of what decides a score, and of nothing else', async () => {
    const table = scoredWith('a');
    const [row] = table.rows;
    const pieces = (reference: 'test' | 'train'): ReturnType<typeof rowPieces> =>
      rowPieces({ ...table, reference }, row!, { folder: folder.path, seed: 1 });
    const images = { kind: 'images', steps: 4 } as const;
    const digitScores = { kind: 'scores', features: 'digits', steps: 4 } as const;
    await pieces('test').write(digitScores, { value: scores('d', 3), provenance });
    await pieces('test').write(images, { value: scores('d', 3), provenance });
    await expect(pieces('train').read(digitScores)).rejects.toMatchObject({ code: 'CONFIG_CHANGED' });
    expect(await pieces('train').read(images)).toBeDefined();
  });

  it('differs from the paper with a stand-in, and the page says so', () => {
    const differences = (data: string): string => table3({ size: 'small', data, nsfw: true }).differences.join('\n');
    expect(differences('photographs')).toContain('compared with held-out images, where the custom is to compare with the training images');
    expect(differences('cifar10')).not.toContain('held-out');
    expect(differences('cifar10')).toContain('Scores are of 512 samples, in place of 50,000');
  });
});

describe('features of the reference', () => {
  const images = imageDataset(
    { data: Uint8Array.from({ length: 120 * 4 }, (_, i) => i % 97), shape: [120, 2, 2, 1] },
    { name: 'made/test' },
  );
  const extractor: FeatureExtractor = {
    id: 'made/states',
    checksum: 'ab'.repeat(32),
    numFeatures: 4,
    extract: async ({ values }: States) => ({ features: Float32Array.from(values) }),
  };
  let batches: number;
  const made = async (): Promise<readonly number[]> => {
    batches = 0;
    const { features } = await referenceFeatures(images, {
      extractor,
      examples: 110,
      folder: folder.path,
      onBatch: () => void (batches += 1),
    });
    return [...features];
  };
  const path = (): string => join(folder.path, 'reference-made-states.safetensors');
  const rewritten = (change: (tensor: HostTensor<'F32'>) => HostTensor): void => {
    const { tensors, metadata } = decodeSafetensors(readFileSync(path()), { fileName: 'kept' });
    const [[name, tensor]] = [...tensors] as [[string, HostTensor<'F32'>]];
    writeFileSync(path(), encodeSafetensors({ [name]: change(tensor) }, { metadata: Object.fromEntries(metadata) }));
  };

  it('are made once', async () => {
    const first = await made();
    expect(batches).toBe(2);
    expect(await made()).toEqual(first);
    expect(batches).toBe(0);
  });

  it.each<[string, (tensor: HostTensor<'F32'>) => HostTensor]>([
    ['a number is another', ({ data, ...tensor }) => ({ ...tensor, data: data.map((x, i) => (i === 17 ? x + 1 : x)) })],
    ['the shape is another', ({ data, dtype }) => ({ dtype, data, shape: [220, 2] })],
    ['images are missing', ({ data, dtype }) => ({ dtype, data: data.subarray(4), shape: [109, 4] })],
    ['they are no float32', ({ data, shape }) => ({ dtype: 'I32', shape, data: Int32Array.from(data) })],
  ])('are made again where %s', async (_, change) => {
    const first = await made();
    rewritten(change);
    expect(await made()).toEqual(first);
    expect(batches).toBe(2);
  });
});
