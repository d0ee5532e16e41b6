import { kernelDistanceDifference, scoreName } from '@d3pm/eval';
import { saidOf } from '../../features/said-of.ts';
import type { DifferenceRecord } from '../row-results.ts';
import { imageBatches } from './image-batches.ts';
import { readSamples } from './read-samples.ts';
import { referenceFeatures } from './reference-features.ts';
import { examplesOf, type AskedScores, type ScoreImagesInput } from './score-images.ts';
import { withExtractor } from './with-extractor.ts';

/**
 * The kernel distance of the samples of a row by so many steps less that of its samples by the chain of the table: both begin at the same noise.
 *
 * @throws {D3pmError} `INVALID_DATA` when either are not there, or damaged
 */
export async function scoreDifference(
  { folder, files, reference, tableFolder, onProgress }: ScoreImagesInput,
  { table, features, steps }: AskedScores,
): Promise<DifferenceRecord> {
  const lessSteps = table.sampleSteps;
  const samples = [await readSamples({ folder, files }, steps), await readSamples({ folder, files }, lessSteps)] as const;
  return withExtractor({ table, features, reference }, async (extractor) => {
    let done = 0;
    const onBatch = (): void => onProgress(++done);
    const data = await referenceFeatures(reference, { extractor, examples: examplesOf(table, features), folder: tableFolder, onBatch });
    const a = await saidOf(imageBatches(samples[0]), { extractor, dataId: `samples of ${steps} steps`, onBatch });
    const b = await saidOf(imageBatches(samples[1]), { extractor, dataId: `samples of ${lessSteps} steps`, onBatch });
    const { id, checksum } = extractor;
    return {
      steps,
      lessSteps,
      numSamples: a.numSamples,
      reference: data.dataId,
      extractor: { id, checksum },
      name: scoreName('kid', extractor),
      ...(await kernelDistanceDifference(a, b, data)),
    };
  });
}
