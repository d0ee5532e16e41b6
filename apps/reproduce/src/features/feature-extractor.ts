import { D3pmError } from '@d3pm/core';
import { inceptionFeatures, type FeatureExtractor } from '@d3pm/eval';
import { decodeSafetensors } from '@d3pm/train';
import type { FeatureName } from '../choices.ts';
import { classFeatures, type ImageSetting } from './class-features.ts';
import { nsfwFeatures } from './nsfw-features.ts';
import { readWeightsFile } from './weights-file.ts';

export interface FeatureExtractorOptions extends ImageSetting {
  /** Weights of 'inception', a safetensors file. */
  readonly inceptionFile?: string | undefined;
}

/**
 * What measures samples, by name.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for what are no images, or none that it knows, and for a file that cannot be read; `INVALID_DATA` for one of other weights.
 */
export async function featureExtractor(
  name: FeatureName,
  { inceptionFile, ...images }: FeatureExtractorOptions,
): Promise<FeatureExtractor> {
  const { numStates, exampleShape } = images;
  if (exampleShape.length !== 3) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `features: an example has the shape [${exampleShape.join(', ')}]; scores of this kind are of images alone`,
    );
  }
  if (name === 'nsfw') return nsfwFeatures({ numStates });
  if (name !== 'inception') return classFeatures(name, images);
  if (inceptionFile === undefined)
    throw new D3pmError('INVALID_OPTIONS', 'features: inception has no file of weights; give one with --inception');
  const { bytes, checksum } = await readWeightsFile(inceptionFile);
  return inceptionFeatures({
    weights: Object.fromEntries(decodeSafetensors(bytes, { fileName: inceptionFile }).tensors),
    checksum,
    numStates,
  });
}
