import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { D3pmError, toTensor, type States } from '@d3pm/core';
import type { FeatureExtractor } from '@d3pm/eval';
import { decodeSafetensors } from '@d3pm/train';
import { dispose, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { fixturePath } from '../fixture-path.ts';
import { featureNetwork } from './feature-network.ts';

export type ClassifierName = 'digits' | 'fashion';

/** Images. */
export interface ImageSetting {
  /** K */
  readonly numStates: number;
  /** `[height, width, channels]` */
  readonly exampleShape: readonly number[];
}

/** The images that each was trained on. */
const SEEN: Readonly<Record<ClassifierName, ImageSetting>> = {
  digits: { numStates: 17, exampleShape: [8, 8, 1] },
  fashion: { numStates: 256, exampleShape: [28, 28, 1] },
};

/**
 * What a small classifier of such images has learnt: its features, and its ten classes. `fixtures/README.md` says how it was trained. A
 * score with it is comparable with others of it alone.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for images of another shape or number of levels.
 */
export async function classFeatures(name: ClassifierName, images: ImageSetting): Promise<FeatureExtractor> {
  const seen = SEEN[name];
  if (imageText(images) !== imageText(seen)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `features: "${name}" is a network for images ${imageText(seen)}, and these are ${imageText(images)}; take "nsfw" or "inception", which are for images of any size`,
    );
  }
  const fileName = `${name}-features.safetensors`;
  const bytes = await readFile(fixturePath(fileName));
  const { tensors } = decodeSafetensors(bytes, { fileName });
  const parameters: Record<string, Tensor> = {};
  for (const [key, { data, shape }] of tensors) parameters[key] = tensor(data as Float32Array, [...shape], 'float32');
  const [numFeatures, numClasses] = parameters['classes.weight']!.shape as [number, number];
  return {
    id: `${name}-classifier/features`,
    checksum: createHash('sha256').update(bytes).digest('hex'),
    numFeatures,
    numClasses,
    extract: async (samples: States) => {
      const [features, classLogProbs] = tidy(() => {
        const output = featureNetwork(parameters, toTensor(samples), { numStates: seen.numStates });
        return [output.features, output.classLogProbs];
      }) as [Tensor, Tensor];
      const values = await Promise.all([features.data(), classLogProbs.data()]);
      dispose([features, classLogProbs]);
      return { features: values[0] as Float32Array, classLogProbs: values[1] as Float32Array };
    },
    dispose: () => dispose(parameters),
  };
}

function imageText({ numStates, exampleShape }: ImageSetting): string {
  return `[${exampleShape.join(', ')}] of ${numStates} levels`;
}
