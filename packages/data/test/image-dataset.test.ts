import { createRng } from '@d3pm/core';
import { batches, imageDataset, quantizeLevels } from '@d3pm/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const rng = createRng(1);
const ramp = (count: number, most = 256): Uint8Array => Uint8Array.from({ length: count }, (_, i) => i % most);
const every = (size: number): number[] => Array.from({ length: size }, (_, i) => i);

describe('quantizeLevels', () => {
  it('is ⌊x·K / 256⌋, which changes nothing at K = 256', () => {
    const bytes = ramp(256);
    expect([...quantizeLevels(bytes, 2)]).toEqual([...Array.from({ length: 128 }, () => 0), ...Array.from({ length: 128 }, () => 1)]);
    expect(quantizeLevels(bytes, 256)).toEqual(bytes);
    expect(quantizeLevels(bytes, 256)).not.toBe(bytes);
    expect([...quantizeLevels(Uint8Array.of(0, 15, 16, 240, 255), 17)]).toEqual([0, 0, 1, 15, 16]);
  });

  it('keeps the order, and each level has ⌊256 / K⌋ bytes or one more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 256 }), (numStates) => {
        const states = quantizeLevels(ramp(256), numStates);
        const counts = Array.from({ length: numStates }, (_, level) => states.filter((state) => state === level).length);
        expect([...states]).toEqual([...states].toSorted((a, b) => a - b));
        expect(counts.every((count) => count === Math.floor(256 / numStates) || count === Math.ceil(256 / numStates))).toBe(true);
      }),
    );
  });

  it.each([1, 257, 2.5])('refuses K = %s', (numStates) => {
    expect(() => quantizeLevels(ramp(2), numStates)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });
});

describe('imageDataset', () => {
  it('gives images as they are, by their numbers', () => {
    const data = ramp(3 * 2 * 2 * 3);
    const split = imageDataset({ data, shape: [3, 2, 2, 3], labels: Uint8Array.of(5, 0, 9) }, { name: 'made/train', numStates: 40 });
    expect(split).toMatchObject({ name: 'made/train', numStates: 40, size: 3, exampleShape: [2, 2, 3] });
    expect([split.images, split.labels]).toEqual([data, Uint8Array.of(5, 0, 9)]);
    const { values, shape } = split.examples([2, 0, 2], rng);
    expect(shape).toEqual([3, 2, 2, 3]);
    expect([...values]).toEqual([...data.subarray(24), ...data.subarray(0, 12), ...data.subarray(24)]);
  });

  it('without labels has none', () => {
    expect('labels' in imageDataset({ data: ramp(4), shape: [1, 2, 2, 1] }, { name: 'made' })).toBe(false);
  });

  it('mirrors an example by its own number of the stream, each row, its channels together', () => {
    const arbImages = fc.record({
      width: fc.integer({ min: 1, max: 5 }),
      height: fc.integer({ min: 1, max: 4 }),
      channels: fc.constantFrom(1, 3),
    });
    fc.assert(
      fc.property(arbImages, fc.nat(), ({ width, height, channels }, seed) => {
        const size = 20;
        const positions = height * width * channels;
        const data = ramp(size * positions, 251);
        const split = imageDataset({ data, shape: [size, height, width, channels] }, { name: 'made', flips: 'horizontal' });
        const stream = createRng(seed);
        const { values } = split.examples(every(size), stream);
        for (const index of every(size)) {
          const expected = Array.from({ length: positions }, (_, i) => {
            const [row, column, channel] = [Math.floor(i / (width * channels)), Math.floor(i / channels) % width, i % channels];
            const from = stream.float64(index) < 0.5 ? width - 1 - column : column;
            return data[index * positions + (row * width + from) * channels + channel];
          });
          expect([...values.subarray(index * positions, (index + 1) * positions)]).toEqual(expected);
          expect([...split.examples([index], createRng(seed)).values]).toEqual(expected);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('mirrors half of them, and anew in each epoch', () => {
    const size = 4000;
    const data = Uint8Array.from({ length: 2 * size }, (_, i) => i % 2);
    const split = imageDataset({ data, shape: [size, 1, 2, 1] }, { name: 'made', flips: 'horizontal' });
    const first = split.examples(every(size), createRng(3)).values.filter((_, i) => i % 2 === 0);
    const mirrored = first.reduce((sum, value) => sum + value, 0);
    // 2000 ± 31.6; 4.5 standard deviations.
    expect(Math.abs(mirrored - size / 2)).toBeLessThan(143);
    const source = batches(split, { batchSize: size, rng: createRng(4) });
    const inOrder = (step: number): number[] => {
      const { values } = source.batchAt(step);
      const result: number[] = [];
      source.indicesAt(step).forEach((index, b) => (result[index] = values[2 * b]!));
      return result;
    };
    const [one, two, again] = [inOrder(0), inOrder(1), inOrder(0)];
    expect(again).toEqual(one);
    expect(Math.abs(one.filter((value, i) => value === two[i]).length - size / 2)).toBeLessThan(143);
  });

  it('mirrors nothing unless asked to', () => {
    const data = ramp(200);
    const split = imageDataset({ data, shape: [100, 1, 2, 1] }, { name: 'made' });
    expect([...split.examples(every(100), rng).values]).toEqual([...data]);
  });

  it.each([
    [
      'a state above K − 1',
      { data: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), shape: [1, 2, 2, 3] },
      { numStates: 10 },
      'STATE_RANGE',
      'image 0 has state 10 in row 1, column 1, channel 1, expected 0…9; quantizeLevels',
    ],
    [
      'data of another length',
      { data: ramp(11), shape: [1, 2, 2, 3] },
      {},
      'SHAPE',
      'data has 11 values for shape [1, 2, 2, 3], expected 12',
    ],
    ['three axes', { data: ramp(4), shape: [1, 2, 2] }, {}, 'SHAPE', 'shape is [1, 2, 2], expected [n, height, width, channels]'],
    ['no images', { data: ramp(0), shape: [0, 2, 2, 3] }, {}, 'SHAPE', 'each at least 1'],
    ['another count of labels', { data: ramp(4), shape: [1, 2, 2, 1], labels: ramp(2) }, {}, 'SHAPE', 'there are 2 labels for 1 images'],
    [
      'numbers that are no bytes',
      { data: Float32Array.of(0.5, 1, 2, 300) as unknown as Uint8Array, shape: [1, 2, 2, 1] },
      {},
      'INVALID_OPTIONS',
      'data is Float32Array, expected a Uint8Array',
    ],
    [
      'labels in a list',
      { data: ramp(4), shape: [1, 2, 2, 1], labels: [1] as unknown as Uint8Array },
      {},
      'INVALID_OPTIONS',
      'labels is Array, expected a Uint8Array',
    ],
    ['K = 257', { data: ramp(4), shape: [1, 2, 2, 1] }, { numStates: 257 }, 'INVALID_OPTIONS', 'numStates is 257'],
    [
      'a flip that there is not',
      { data: ramp(4), shape: [1, 2, 2, 1] },
      { flips: 'vertical' as 'none' },
      'INVALID_OPTIONS',
      'flips is "vertical"',
    ],
  ])('refuses %s', (_, images, options, code, message) => {
    expect(() => imageDataset(images, { name: 'made', ...options })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  it('refuses an example that there is none of', () => {
    const split = imageDataset({ data: ramp(8), shape: [2, 2, 2, 1] }, { name: 'made/test' });
    expect(() => split.examples([2], rng)).toThrow('made/test: indices[0] is 2, expected an integer in 0…1');
  });
});
