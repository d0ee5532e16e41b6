import type { States } from '@d3pm/core';
import type { ExtractedFeatures, FeatureExtractor } from '@d3pm/eval';
import type { ScoredSamples } from './score-reports.ts';

export interface SaidOfOptions {
  readonly extractor: FeatureExtractor;
  /** What the images are. */
  readonly dataId: string;
  readonly onBatch: () => void;
}

/** What a network says of images, batch by batch: 4 bytes a feature and a class of each, all kept. */
export async function saidOf(batches: Iterable<States>, { extractor, dataId, onBatch }: SaidOfOptions): Promise<ScoredSamples> {
  const said: ExtractedFeatures[] = [];
  let numSamples = 0;
  for (const batch of batches) {
    said.push(await extractor.extract(batch));
    numSamples += batch.shape[0]!;
    onBatch();
  }
  const { id, checksum, numClasses } = extractor;
  return {
    extractor: { id, checksum },
    dataId,
    numSamples,
    features: joinedRows(said.map(({ features }) => features)),
    ...(numClasses !== undefined && { classLogProbs: joinedRows(said.map(({ classLogProbs }) => classLogProbs!)) }),
  };
}

/** One after the other. */
export function joinedRows(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
