import type { States } from '@d3pm/core';
import type { FeatureName } from '../../choices.ts';
import { saidOf } from '../../features/said-of.ts';
import { scoreReports } from '../../features/score-reports.ts';
import type { ScoresRecord } from '../row-results.ts';
import type { ImageTable } from '../table.ts';
import { imageBatches } from './image-batches.ts';
import { readSamples, type RowSamples } from './read-samples.ts';
import { referenceFeatures } from './reference-features.ts';
import { withExtractor, type MeasuredBy } from './with-extractor.ts';

export interface ScoresOptions extends MeasuredBy {
  /** Of the table, where the features of what samples are compared with are kept. */
  readonly tableFolder: string;
  /** Batches of images, of the reference first. */
  readonly onProgress: (done: number) => void;
}

export type ScoreImagesInput = Pick<ScoresOptions, 'onProgress' | 'reference' | 'tableFolder'> & RowSamples;

export interface AskedScores {
  readonly table: ImageTable;
  readonly features: FeatureName;
  readonly steps: number;
}

/** The scores of the samples of a row. @throws {D3pmError} `INVALID_DATA` when they are not there, or damaged */
export async function scoreImages(
  { folder, files, ...input }: ScoreImagesInput,
  { table, features, steps }: AskedScores,
): Promise<ScoresRecord> {
  const samples = await readSamples({ folder, files }, steps);
  return { steps, ...(await scoresOf(samples, { ...input, table, features })) };
}

/** KID, FID, and IS where the network knows classes, of any images against those of the reference. @throws {D3pmError} as {@link withExtractor} */
export async function scoresOf(
  samples: States,
  { table, features, reference, tableFolder, onProgress }: ScoresOptions,
): Promise<Omit<ScoresRecord, 'steps'>> {
  return withExtractor({ table, features, reference }, async (extractor) => {
    let done = 0;
    const onBatch = (): void => onProgress(++done);
    const data = await referenceFeatures(reference, { extractor, examples: examplesOf(table, features), folder: tableFolder, onBatch });
    const said = await saidOf(imageBatches(samples), { extractor, dataId: 'samples', onBatch });
    const reports = await scoreReports(said, { extractor, data });
    const { id, checksum } = extractor;
    return { numSamples: said.numSamples, reference: data.dataId, extractor: { id, checksum }, reports };
  });
}

/** Images that samples are compared with, at most. */
export function examplesOf({ features }: ImageTable, measure: FeatureName): number {
  return features.find(({ name }) => name === measure)!.referenceExamples;
}
