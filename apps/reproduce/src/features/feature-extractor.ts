import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { D3pmError } from '@d3pm/core';
import { inceptionFeatures, type FeatureExtractor } from '@d3pm/eval';
import { decodeSafetensors } from '@d3pm/train';
import type { FeatureName } from '../tables/table.ts';
import { classFeatures } from './class-features.ts';
import { nsfwFeatures } from './nsfw-features.ts';

export interface FeatureExtractorOptions {
  /** K of the images. */
  readonly numStates: number;
  /** Weights of 'inception', a safetensors file. */
  readonly inceptionFile?: string | undefined;
}

/** What measures samples, by name. @throws {D3pmError} `INVALID_OPTIONS` for a file that cannot be read, `INVALID_DATA` for one of other weights */
export async function featureExtractor(
  name: FeatureName,
  { numStates, inceptionFile }: FeatureExtractorOptions,
): Promise<FeatureExtractor> {
  if (name === 'nsfw') return nsfwFeatures({ numStates });
  if (name !== 'inception') return classFeatures(name);
  if (inceptionFile === undefined)
    throw new D3pmError('INVALID_OPTIONS', 'features: inception has no file of weights; give one with --inception');
  const bytes = await readFile(inceptionFile).catch((cause: unknown) => {
    throw new D3pmError('INVALID_OPTIONS', `features: cannot read the weights ${inceptionFile}: ${(cause as Error).message}`, { cause });
  });
  return inceptionFeatures({
    weights: Object.fromEntries(decodeSafetensors(bytes, { fileName: inceptionFile }).tensors),
    checksum: createHash('sha256').update(bytes).digest('hex'),
    numStates,
  });
}
