import { D3pmError, quoted, type States } from '@d3pm/core';
import type { ExtractedFeatures, FeatureExtractor } from './feature-extractor.ts';

export interface SamplesOfData {
  /** Where the samples are from, for errors. */
  readonly dataId: string;
  /** Index of the first sample of the batch. */
  readonly firstSample: number;
}

/**
 * What the extractor says of a batch, checked.
 *
 * @throws {D3pmError} `SHAPE` for arrays of another length, `NON_FINITE` naming the first sample with a feature that is NaN or infinite.
 */
export async function extractFeatures(
  extractor: FeatureExtractor,
  samples: States,
  { dataId, firstSample }: SamplesOfData,
): Promise<ExtractedFeatures> {
  const { id, numFeatures, numClasses } = extractor;
  const extracted = await extractor.extract(samples);
  const batchSize = samples.shape[0]!;
  const expectLength = (what: string, length: number | undefined, width: number): void => {
    if (length === batchSize * width) return;
    throw new D3pmError(
      'SHAPE',
      `extractor ${quoted(id)}: ${length ?? 'no'} ${what} of ${batchSize} samples, expected ${batchSize} · ${width} = ${batchSize * width}`,
    );
  };
  expectLength('features', extracted.features?.length, numFeatures);
  if (numClasses !== undefined) expectLength('classLogProbs', extracted.classLogProbs?.length, numClasses);
  const bad = extracted.features.findIndex((feature) => !Number.isFinite(feature));
  if (bad >= 0) {
    throw new D3pmError(
      'NON_FINITE',
      `extractor ${quoted(id)}: sample ${firstSample + Math.floor(bad / numFeatures)} of ${quoted(dataId)} has feature ${bad % numFeatures} ${extracted.features[bad]}, expected a finite number; check the weights and how states are scaled`,
    );
  }
  return extracted;
}
