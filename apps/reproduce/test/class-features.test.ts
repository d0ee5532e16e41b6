import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRng } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { decodeSafetensors } from '@d3pm/train';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { digits } from '../src/data/digits.ts';
import { classFeatures } from '../src/features/class-features.ts';
import { featureExtractor } from '../src/features/feature-extractor.ts';
import { featureShapes } from '../src/features/feature-network.ts';
import { fixturePath } from '../src/fixture-path.ts';

beforeAll(() => prepareEngine());

describe('the classifiers that come with the program', () => {
  it.each([
    ['digits', { exampleShape: [8, 8, 1], numChannels: [16, 32], numFeatures: 32, numClasses: 10 }],
    ['fashion', { exampleShape: [28, 28, 1], numChannels: [16, 32, 48], numFeatures: 64, numClasses: 10 }],
  ] as const)('have the shapes of their network, and a checksum of their file: %s', async (name, shape) => {
    const fileName = `${name}-features.safetensors`;
    const bytes = readFileSync(fixturePath(fileName));
    const shapes = [...decodeSafetensors(bytes, { fileName }).tensors].map(([key, tensor]) => [key, tensor.shape]);
    expect(Object.fromEntries(shapes)).toEqual(featureShapes(shape));
    const { id, checksum, numFeatures, numClasses, dispose } = await classFeatures(name);
    expect([id, numFeatures, numClasses]).toEqual([`${name}-classifier/features`, shape.numFeatures, 10]);
    expect(checksum).toBe(createHash('sha256').update(bytes).digest('hex'));
    dispose!();
  });

  it('name held-out digits right, give probabilities, and leave no tensor behind', async () => {
    const { test } = await digits();
    const before = memory().numTensors;
    const extractor = await classFeatures('digits');
    const samples = test.examples(
      Array.from({ length: test.size }, (_, i) => i),
      createRng(1),
    );
    const { features, classLogProbs } = await extractor.extract(samples);
    expect(features).toHaveLength(test.size * 32);
    let right = 0;
    for (let i = 0; i < test.size; i++) {
      const logProbs = [...classLogProbs!.subarray(10 * i, 10 * (i + 1))];
      expect(logProbs.reduce((sum, logProb) => sum + Math.exp(logProb), 0)).toBeCloseTo(1, 5);
      if (logProbs.indexOf(Math.max(...logProbs)) === test.labels![i]) right++;
    }
    // 98.6 % where it was trained; rounding of another engine may tip one.
    expect(right / test.size).toBeGreaterThan(0.98);
    extractor.dispose!();
    expect(memory().numTensors).toBe(before);
  });

  it('Inception needs a file of its weights', async () => {
    await expect(featureExtractor('inception', { numStates: 256 })).rejects.toThrow('--inception');
  });
});
