import { join } from 'node:path';
import { D3pmError, type Dataset, type States } from '@d3pm/core';
import { evaluateMetrics, featureAccumulator, fid, inceptionScoreMetric, kid, sharedExtractor } from '@d3pm/eval';
import { frechetDistanceInWorker } from '@d3pm/eval/node';
import { featureExtractor } from '../../features/feature-extractor.ts';
import type { PieceFiles } from '../piece-files.ts';
import type { ScoresRecord } from '../row-results.ts';
import type { FeatureName, ImageTable } from '../table.ts';
import { imageBatches } from './image-batches.ts';
import { readImagesFile } from './images-file.ts';
import { referenceFeatures } from './reference-features.ts';

export interface ScoresOptions {
  readonly table: ImageTable;
  readonly features: FeatureName;
  /** What the samples are compared with: held-out images. */
  readonly test: Dataset;
  /** Of the table, where the features of those are kept. */
  readonly tableFolder: string;
  /** Batches of images, of the reference first. */
  readonly onProgress: (done: number) => void;
}

export interface ScoreImagesInput extends Pick<ScoresOptions, 'onProgress' | 'tableFolder' | 'test'> {
  /** Of the row, where the file of the samples is. */
  readonly folder: string;
  /** Of the row, with the result of sampling. */
  readonly files: PieceFiles;
}

/** Of the inception score: ten, as is customary for 50,000 samples, would be of 50 here, and biased. */
const SPLITS = 1;

/** The scores of the samples of a row. @throws {D3pmError} `INVALID_DATA` when they are not there, or damaged */
export async function scoreImages(
  { folder, files, ...input }: ScoreImagesInput,
  { table, features, steps }: Pick<ScoresOptions, 'features' | 'table'> & { readonly steps: number },
): Promise<ScoresRecord> {
  const images = await files.read({ kind: 'images', steps });
  if (!images) throw new D3pmError('INVALID_DATA', `table: there are no samples of ${steps} steps in ${folder} to score`);
  const { file, sha256 } = images.value;
  const samples = await readImagesFile(join(folder, file), sha256);
  return { steps, ...(await scoresOf(samples, { ...input, table, features })) };
}

/** KID, FID, and IS where the network knows classes, of any images against held-out ones. */
export async function scoresOf(
  samples: States,
  { table, features, test, tableFolder, onProgress }: ScoresOptions,
): Promise<Omit<ScoresRecord, 'steps'>> {
  const { numStates, exampleShape } = test;
  const extractor = sharedExtractor(await featureExtractor(features, { numStates, exampleShape, inceptionFile: table.inceptionFile }));
  try {
    let done = 0;
    const onBatch = (): void => onProgress(++done);
    const examples = table.features.find(({ name }) => name === features)!.referenceExamples;
    const data = await referenceFeatures(test, { extractor, examples, folder: tableFolder, onBatch });
    const statistics = featureAccumulator({ extractor, dataId: data.dataId });
    statistics.add(data.features);
    const counted = function* (): Generator<States, void, undefined> {
      for (const batch of imageBatches(samples)) {
        yield batch;
        onBatch();
      }
    };
    const setting = { numStates, exampleShape };
    const reports = await evaluateMetrics(counted(), [
      ...(extractor.numClasses === undefined ? [] : [inceptionScoreMetric.create(setting, { extractor, splits: SPLITS })]),
      kid.create(setting, { extractor, features: data }),
      fid.create(setting, { extractor, statistics: statistics.statistics(), distance: frechetDistanceInWorker }),
    ]);
    const { id, checksum } = extractor;
    return { numSamples: samples.shape[0]!, reference: data.dataId, extractor: { id, checksum }, reports };
  } finally {
    extractor.dispose?.();
  }
}
