import { join } from 'node:path';
import { D3pmError, type Dataset, type States } from '@d3pm/core';
import { featureExtractor } from '../../features/feature-extractor.ts';
import { saidOf } from '../../features/said-of.ts';
import { scoreReports } from '../../features/score-reports.ts';
import type { PieceFiles } from '../piece-files.ts';
import type { ScoresRecord } from '../row-results.ts';
import type { FeatureName, ImageTable } from '../table.ts';
import { imageBatches } from './image-batches.ts';
import { readImagesFile } from './images-file.ts';
import { referenceFeatures } from './reference-features.ts';

export interface ScoresOptions {
  readonly table: ImageTable;
  readonly features: FeatureName;
  /** What the samples are compared with, as `referenceSplit` gives it. */
  readonly reference: Dataset;
  /** Of the table, where the features of those are kept. */
  readonly tableFolder: string;
  /** Batches of images, of the reference first. */
  readonly onProgress: (done: number) => void;
}

export interface ScoreImagesInput extends Pick<ScoresOptions, 'onProgress' | 'reference' | 'tableFolder'> {
  /** Of the row, where the file of the samples is. */
  readonly folder: string;
  /** Of the row, with the result of sampling. */
  readonly files: PieceFiles;
}

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

/**
 * KID, FID, and IS where the network knows classes, of any images against those of the reference.
 *
 * @throws {D3pmError} `INVALID_DATA` for a file of weights that was replaced since the command began
 */
export async function scoresOf(
  samples: States,
  { table, features, reference, tableFolder, onProgress }: ScoresOptions,
): Promise<Omit<ScoresRecord, 'steps'>> {
  const { numStates, exampleShape } = reference;
  const { inception } = table;
  const extractor = await featureExtractor(features, { numStates, exampleShape, inceptionFile: inception?.file });
  try {
    const { id, checksum } = extractor;
    if (features === 'inception' && checksum !== inception!.checksum) {
      throw new D3pmError(
        'INVALID_DATA',
        `features: ${inception!.file} is no longer the file that it was when the command began; give it again`,
      );
    }
    let done = 0;
    const onBatch = (): void => onProgress(++done);
    const examples = table.features.find(({ name }) => name === features)!.referenceExamples;
    const data = await referenceFeatures(reference, { extractor, examples, folder: tableFolder, onBatch });
    const said = await saidOf(imageBatches(samples), { extractor, dataId: 'samples', onBatch });
    const reports = await scoreReports(said, { extractor, data });
    return { numSamples: said.numSamples, reference: data.dataId, extractor: { id, checksum }, reports };
  } finally {
    extractor.dispose?.();
  }
}
