import { join } from 'node:path';
import { createRng, type Dataset, type States } from '@d3pm/core';
import { featureSet, type FeatureExtractor, type FeatureSet } from '@d3pm/eval';
import { batchesOfDataset } from './image-batches.ts';
import { readKeptTensor, writeKeptTensor } from './kept-tensor.ts';

export interface ReferenceFeaturesOptions {
  readonly extractor: FeatureExtractor;
  /** At most so many images, evenly spaced. */
  readonly examples: number;
  /** Of the table: where they are kept. */
  readonly folder: string;
  readonly onBatch: () => void;
}

/**
 * The features of images that samples are compared with: made once for the folder of a table, since a large network takes minutes. Those of other
 * images or weights, and a file that is damaged, are made again.
 */
export async function referenceFeatures(
  images: Dataset,
  { extractor, examples, folder, onBatch }: ReferenceFeaturesOptions,
): Promise<FeatureSet> {
  const count = Math.min(examples, images.size);
  const dataId = `${images.name}, ${count} images`;
  const { id, checksum, numFeatures } = extractor;
  const path = join(folder, `reference-${id.replaceAll('/', '-')}.safetensors`);
  const key = { dtype: 'F32', shape: [count, numFeatures], of: { data: dataId, extractor: id, checksum } } as const;
  const kept = await readKeptTensor(path, key);
  if (kept) return { extractor: { id, checksum }, dataId, numSamples: count, features: kept.data };
  const counted = function* (batches: Iterable<States>): Generator<States, void, undefined> {
    for (const batch of batches) {
      yield batch;
      onBatch();
    }
  };
  const set = await featureSet(counted(batchesOfDataset(images, count, createRng('reference'))), { extractor, dataId });
  await writeKeptTensor(path, key, { data: set.features, notes: {} });
  return set;
}
