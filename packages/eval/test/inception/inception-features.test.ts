import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { featureSet, inceptionFeatures, inceptionScore, sharedExtractor, type FeatureExtractor } from '@d3pm/eval';
import { memory, profile, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import golden from './golden/inception.json' with { type: 'json' };
import { goldenWeights, integers } from './golden-weights.ts';

const checksum = '5a'.repeat(32);
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const states = ({ name, shape, levels }: { name: string; shape: number[]; levels: number }) => ({
  values: integers(name, sizeOf(shape)).map((n) => n % levels),
  shape,
});
const [colour, grey] = golden.images.map(states) as [ReturnType<typeof states>, ReturnType<typeof states>];

/** Every number within 1e-5 of the largest: float32 through 94 convolutions is ten times better. */
function expectClose(actual: Float32Array | undefined, expected: ArrayLike<number>): void {
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expectAllClose(actual!, expected, { rtol: 0, atol: 1e-5 * largest });
}

describe('inceptionFeatures', () => {
  let extractor: FeatureExtractor;
  beforeAll(async () => {
    await prepareEngine();
    const weights = goldenWeights();
    tidy(() => {
      extractor = inceptionFeatures({ weights, checksum, numStates: 256, batchSize: 1 }); // its tensors outlive this
    });
    for (const { data } of Object.values(weights)) data.fill(Number.NaN); // it has kept none of them
  });
  afterAll(() => extractor.dispose!());

  it.each(golden.images)('agrees with pytorch-fid on images $shape, in parts, and leaves no tensor behind', async (image) => {
    const before = memory().numTensors;
    const extracted = await extractor.extract(states(image));
    expect(memory().numTensors).toBe(before);
    expectClose(extracted.features, image.features);
    expectClose(extracted.classLogProbs, image.classLogProbs);
  });

  it('says who it is', () => {
    const { id, numFeatures, numClasses } = extractor;
    expect({ id, checksum: extractor.checksum, numFeatures, numClasses }).toEqual({
      id: 'inception-2015-12-05/pool3',
      checksum,
      numFeatures: 2048,
      numClasses: 1008,
    });
  });

  it('reads grey as three equal channels', async () => {
    const values = Int32Array.from({ length: 3 * grey.values.length }, (_, i) => grey.values[Math.floor(i / 3)]!);
    expectClose((await extractor.extract({ values, shape: [1, 28, 28, 3] })).features, golden.images[1]!.features);
  });

  it('gives each image of a pass what it gives it alone, scales K levels to 0…1, and is gone once it is disposed', async () => {
    const before = memory().numTensors;
    const of52 = inceptionFeatures({ weights: goldenWeights(), checksum, numStates: 52, batchSize: 2 });
    const kept = memory().numTensors - before;
    const values = integers('levels', 2 * 16 * 16 * 3).map((n) => n % 52);
    const shape = [2, 16, 16, 3];
    const together = await of52.extract({ values, shape });
    of52.dispose!();
    of52.dispose!();
    expect([kept, memory().numTensors]).toEqual([2 * 94 + 1, before]);
    await expect(of52.extract({ values, shape })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: 'inceptionFeatures.extract: the extractor is disposed; make another',
    });
    const second = values.slice(768).map((n) => 5 * n); // k / 51 = 5 k / 255
    const alone = await extractor.extract({ values: second, shape: [1, 16, 16, 3] });
    expectClose(together.features.subarray(2048), alone.features);
    expectClose(together.classLogProbs!.subarray(1008), alone.classLogProbs!);
  });

  it('holds about 10 MB of tensors at a time, besides its weights', async () => {
    const before = memory().numBytes;
    const { peakBytes } = await profile(async () => void (await extractor.extract(grey)));
    expect(before).toBeGreaterThan(4 * golden.numParameters * 0.99);
    expect((peakBytes - before) / 1e6).toBeLessThan(10);
  });

  it('feeds the scores', async () => {
    const shared = sharedExtractor(extractor);
    const set = await featureSet([colour], { extractor: shared, dataId: 'colour' });
    expect(set).toMatchObject({ extractor: { id: extractor.id, checksum }, dataId: 'colour', numSamples: 2 });
    expectClose(set.features, golden.images[0]!.features);
    const { classLogProbs } = await shared.extract(colour);
    const { score } = inceptionScore(classLogProbs!, { numClasses: 1008, splits: 1 });
    expect(score).toBeGreaterThan(1);
    expect(score).toBeLessThan(2); // of two images
  });

  it('gives nothing of no image', async () => {
    const nothing = await extractor.extract({ values: new Int32Array(0), shape: [0, 32, 32, 3] });
    expect([nothing.features.length, nothing.classLogProbs!.length]).toEqual([0, 0]);
  });

  it.each([
    { shape: [2, 3072], code: 'SHAPE', message: 'samples have shape [2, 3072], expected images [batch, height, width, channels]' },
    { shape: [1, 32, 48, 4], code: 'SHAPE', message: 'with 1 channel or 3' },
    { shape: [1, 0, 32, 3], code: 'SHAPE', message: 'samples have shape [1, 0, 32, 3]' },
    { shape: [1, 32, 32, 3], code: 'SHAPE', message: '6144 values for shape [1, 32, 32, 3]' },
    { shape: [2, 32, 32, 3], code: 'STATE_RANGE', message: 'samples has state 256 in example 1 at position 2, expected 0…255' },
  ])('refuses samples of shape $shape: $message', async ({ shape, code, message }) => {
    const values = colour.values.slice();
    values[3072 + 2] = 256;
    await expect(extractor.extract({ values, shape })).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it.each([
    { options: { checksum: '5A'.repeat(32) }, message: 'checksum is "5A5A' },
    { options: { checksum: undefined as never }, message: 'checksum is undefined, expected the SHA-256 of the file in 64 lower-case' },
    { options: { numStates: 1 }, message: 'numStates is 1, expected an integer at least 2' },
    { options: { batchSize: 0.5 }, message: 'batchSize is 0.5, expected an integer at least 1' },
    { options: { weights: undefined as never }, message: 'weights are missing, expected tensors by name' },
  ])('refuses options: $message', ({ options, message }) => {
    expect(() => inceptionFeatures({ weights: {}, checksum, numStates: 256, ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });
});
