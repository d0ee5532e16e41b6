import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { toTensor, type States } from '@d3pm/core';
import type { FeatureExtractor } from '@d3pm/eval';
import { decodeSafetensors } from '@d3pm/train';
import { dispose, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { fixturePath } from '../fixture-path.ts';
import { featureNetwork } from './feature-network.ts';

export type ClassifierName = 'digits' | 'fashion';

/** Levels of the images that each was trained on. */
const NUM_STATES: Readonly<Record<ClassifierName, number>> = { digits: 17, fashion: 256 };

/**
 * What a small classifier of such images has learnt: its features, and its ten classes. `fixtures/README.md` says how it was trained. A
 * score with it is comparable with others of it alone.
 */
export async function classFeatures(name: ClassifierName): Promise<FeatureExtractor> {
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
        const output = featureNetwork(parameters, toTensor(samples), { numStates: NUM_STATES[name] });
        return [output.features, output.classLogProbs];
      }) as [Tensor, Tensor];
      const values = await Promise.all([features.data(), classLogProbs.data()]);
      dispose([features, classLogProbs]);
      return { features: values[0] as Float32Array, classLogProbs: values[1] as Float32Array };
    },
    dispose: () => dispose(parameters),
  };
}
