import { D3pmError, type Dataset } from '@d3pm/core';
import type { FeatureExtractor } from '@d3pm/eval';
import type { FeatureName } from '../../choices.ts';
import { featureExtractor } from '../../features/feature-extractor.ts';
import type { ImageTable } from '../table.ts';

export interface MeasuredBy {
  readonly table: ImageTable;
  readonly features: FeatureName;
  /** What the samples are compared with, as `referenceSplit` gives it. */
  readonly reference: Dataset;
}

/**
 * Opens a network that measures the samples of a table, for as long as it is used.
 *
 * @throws {D3pmError} `INVALID_DATA` for a file of weights that was replaced since the command began
 */
export async function withExtractor<R>(
  { table: { inception }, features, reference: { numStates, exampleShape } }: MeasuredBy,
  use: (extractor: FeatureExtractor) => Promise<R>,
): Promise<R> {
  const extractor = await featureExtractor(features, { numStates, exampleShape, inceptionFile: inception?.file });
  try {
    if (features === 'inception' && extractor.checksum !== inception!.checksum) {
      throw new D3pmError(
        'INVALID_DATA',
        `features: ${inception!.file} is no longer the file that it was when the command began; give it again`,
      );
    }
    return await use(extractor);
  } finally {
    extractor.dispose?.();
  }
}
