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
    const { id, checksum, numFeatures, numClasses, dispose } = await classFeatures(name, {
      exampleShape: shape.exampleShape,
      numStates: name === 'digits' ? 17 : 256,
    });
    expect([id, numFeatures, numClasses]).toEqual([`${name}-classifier/features`, shape.numFeatures, 10]);
    expect(checksum).toBe(createHash('sha256').update(bytes).digest('hex'));
    dispose!();
  });

  it('name held-out digits right, give probabilities, and leave no tensor behind', async () => {
    const { test } = await digits();
    const before = memory().numTensors;
    const extractor = await classFeatures('digits', { exampleShape: [8, 8, 1], numStates: 17 });
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

  it.each([
    [
      'digits',
      { numStates: 256, exampleShape: [8, 8, 1] },
      /network for images \[8, 8, 1\] of 17 levels, and these are \[8, 8, 1\] of 256/,
    ],
    ['fashion', { numStates: 256, exampleShape: [32, 32, 3] }, /these are \[32, 32, 3\] of 256 levels; take "nsfw"/],
    ['nsfw', { numStates: 28, exampleShape: [16] }, /the shape \[16\]; scores of this kind are of images alone/],
  ] as const)('%s refuses %j', async (name, images, message) => {
    await expect(featureExtractor(name, images)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(message),
    });
  });

  it('Inception needs a file of its weights', async () => {
    await expect(featureExtractor('inception', { numStates: 256, exampleShape: [32, 32, 3] })).rejects.toThrow('--inception');
  });
});

describe('the Inception of nsfwjs', { timeout: 30_000 }, () => {
  it('gives 2,048 features an image, grey as well, in parts, and leaves no tensor behind', async () => {
    const before = memory().numTensors;
    const extractor = await featureExtractor('nsfw', { numStates: 256, exampleShape: [16, 16, 1] });
    expect([extractor.id, extractor.numFeatures, extractor.numClasses]).toEqual([
      'nsfw-inception-v3/average_pooling2d_10',
      2048,
      undefined,
    ]);
    const grey = Int32Array.from({ length: 9 * 16 * 16 }, (_, i) => (i * 7919) % 256);
    const inside = memory().numTensors;
    const { features } = await extractor.extract({ values: grey, shape: [9, 16, 16, 1] });
    expect(memory().numTensors).toBe(inside);
    expect(features).toHaveLength(9 * 2048);
    const coloured = Int32Array.from({ length: 16 * 16 * 3 }, (_, i) => grey[8 * 256 + Math.floor(i / 3)]!);
    const { features: last } = await extractor.extract({ values: coloured, shape: [1, 16, 16, 3] });
    const largest = last.reduce((most, x) => Math.max(most, x), 0);
    // Batches of another size round otherwise.
    last.forEach((x, i) => expect(Math.abs(x - features[8 * 2048 + i]!)).toBeLessThan(1e-4 * largest));
    extractor.dispose!();
    expect(memory().numTensors).toBe(before);
  });
});
