import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng, isD3pmError, type Dataset, type States } from '@d3pm/core';
import { featureSet, type FeatureExtractor, type FeatureSet } from '@d3pm/eval';
import { decodeSafetensors, encodeSafetensors } from '@d3pm/train';
import writeFileAtomic from 'write-file-atomic';
import { batchesOfDataset } from './image-batches.ts';

export interface ReferenceFeaturesOptions {
  readonly extractor: FeatureExtractor;
  /** At most so many held-out images, evenly spaced. */
  readonly examples: number;
  /** Of the table: where they are kept. */
  readonly folder: string;
  readonly onBatch: () => void;
}

/**
 * The features of held-out images, which samples are compared with: made once for the folder of a table, since a large network takes minutes. Those
 * of other images or weights, and a file that is damaged, are made again.
 */
export async function referenceFeatures(
  test: Dataset,
  { extractor, examples, folder, onBatch }: ReferenceFeaturesOptions,
): Promise<FeatureSet> {
  const count = Math.min(examples, test.size);
  const dataId = `${test.name}, ${count} images`;
  const metadata = { data: dataId, extractor: extractor.id, checksum: extractor.checksum };
  const fileName = `reference-${extractor.id.replaceAll('/', '-')}.safetensors`;
  const path = join(folder, fileName);
  const kept = await read(path, fileName);
  if (kept && Object.entries(metadata).every(([key, value]) => kept.metadata.get(key) === value)) {
    return { extractor: { id: extractor.id, checksum: extractor.checksum }, dataId, numSamples: count, features: kept.features };
  }
  const counted = function* (batches: Iterable<States>): Generator<States, void, undefined> {
    for (const batch of batches) {
      yield batch;
      onBatch();
    }
  };
  const set = await featureSet(counted(batchesOfDataset(test, count, createRng('reference'))), { extractor, dataId });
  const tensor = { dtype: 'F32', shape: [count, extractor.numFeatures], data: set.features } as const;
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(path, Buffer.from(encodeSafetensors({ features: tensor }, { metadata })));
  return set;
}

async function read(
  path: string,
  fileName: string,
): Promise<{ readonly metadata: ReadonlyMap<string, string>; readonly features: Float32Array } | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!bytes) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(bytes, { fileName });
    return { metadata, features: tensors.get('features')!.data as Float32Array };
  } catch (error) {
    if (isD3pmError(error)) return undefined;
    throw error;
  }
}
