import { join } from 'node:path';
import { createRng, D3pmError, type Dataset, type MetricReport, type States } from '@d3pm/core';
import { evaluateMetrics, fid, inceptionScoreMetric, kid, sharedExtractor } from '@d3pm/eval';
import { featureExtractor } from '../../features/feature-extractor.ts';
import type { PieceFiles } from '../piece-files.ts';
import type { ScoresRecord } from '../row-results.ts';
import type { FeatureName, ImageTable } from '../table.ts';
import { readImagesFile } from './images-file.ts';

export interface ScoreImagesInput {
  /** What the samples are compared with: the held-out images, all of them. */
  readonly test: Dataset;
  /** Of the row, where the file of the samples is. */
  readonly folder: string;
  /** Of the row, with the result of sampling. */
  readonly files: PieceFiles;
  readonly onProgress: (done: number) => void;
}

export interface ScoresOptions {
  readonly test: Dataset;
  readonly table: ImageTable;
  readonly features: FeatureName;
  readonly onProgress: (done: number) => void;
}

/** Images that go through the extractor at once. */
const BATCH = 100;

/** Of the inception score: ten, as is customary for 50,000 samples, would be of 50 here, and biased. */
const SPLITS = 1;

/** IS, KID and FID of the samples of a row. @throws {D3pmError} `INVALID_DATA` when they are not there, or damaged */
export async function scoreImages(
  { test, folder, files, onProgress }: ScoreImagesInput,
  { table, features, steps }: { readonly table: ImageTable; readonly features: FeatureName; readonly steps: number },
): Promise<ScoresRecord> {
  const images = await files.read({ kind: 'images', steps });
  if (!images) throw new D3pmError('INVALID_DATA', `table: there are no samples of ${steps} steps in ${folder} to score`);
  const { file, sha256 } = images.value;
  const samples = await readImagesFile(join(folder, file), sha256);
  return { steps, ...(await scoresOf(samples, { test, table, features, onProgress })) };
}

/** IS, KID and FID of any images against held-out ones, in features of a network. */
export async function scoresOf(
  samples: States,
  { test, table, features, onProgress }: ScoresOptions,
): Promise<Omit<ScoresRecord, 'steps'>> {
  const extractor = sharedExtractor(await featureExtractor(features, { numStates: test.numStates, inceptionFile: table.inceptionFile }));
  try {
    let done = 0;
    const counted = function* (batches: Iterable<States>): Generator<States, void, undefined> {
      for (const batch of batches) {
        yield batch;
        onProgress(++done);
      }
    };
    const setting = {
      numStates: test.numStates,
      exampleShape: test.exampleShape,
      reference: { [Symbol.iterator]: () => counted(testBatches(test)) },
    };
    const reports: readonly MetricReport[] = await evaluateMetrics(counted(batchesOf(samples)), [
      inceptionScoreMetric.create(setting, { extractor, splits: SPLITS }),
      kid.create(setting, { extractor }),
      fid.create(setting, { extractor }),
    ]);
    const { id, checksum } = extractor;
    return { numSamples: samples.shape[0]!, reference: `${test.name}, ${test.size} images`, extractor: { id, checksum }, reports };
  } finally {
    extractor.dispose?.();
  }
}

function* batchesOf({ values, shape }: States): Generator<States, void, undefined> {
  const count = shape[0]!;
  const size = values.length / count;
  for (let first = 0; first < count; first += BATCH) {
    const last = Math.min(count, first + BATCH);
    yield { values: values.subarray(first * size, last * size), shape: [last - first, ...shape.slice(1)] };
  }
}

function* testBatches(test: Dataset): Generator<States, void, undefined> {
  for (let first = 0; first < test.size; first += BATCH) {
    const indices = Array.from({ length: Math.min(BATCH, test.size - first) }, (_, i) => first + i);
    yield test.examples(indices, createRng('reference'));
  }
}
