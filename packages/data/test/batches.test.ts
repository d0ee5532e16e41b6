import { createRng, type Dataset } from '@d3pm/core';
import { batches, swissRoll, text8Dataset } from '@d3pm/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Example i is the number i. */
const numbers = (size: number): Dataset => ({
  name: 'numbers',
  numStates: size,
  exampleShape: [1],
  size,
  examples: (indices) => ({ values: Int32Array.from(indices), shape: [indices.length, 1] }),
});

const arbCase = fc.record({ size: fc.integer({ min: 1, max: 12 }), batchSize: fc.integer({ min: 1, max: 30 }), seed: fc.nat() });

describe('batches', () => {
  it('shows every example once an epoch, also when batches are larger than the data', () => {
    fc.assert(
      fc.property(arbCase, ({ size, batchSize, seed }) => {
        const source = batches(numbers(size), { batchSize, rng: createRng(seed) });
        const seen = Array.from({ length: 2 * size }, (_, step) => [...source.batchAt(step).values]).flat();
        expect(source.batchAt(3).shape).toEqual([batchSize, 1]);
        for (let epoch = 0; (epoch + 1) * size <= seen.length; epoch++) {
          const order = seen.slice(epoch * size, (epoch + 1) * size);
          expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
        }
      }),
    );
  });

  it('tells which examples a batch has', () => {
    fc.assert(
      fc.property(arbCase, fc.nat(20), ({ size, batchSize, seed }, step) => {
        const source = batches(numbers(size), { batchSize, rng: createRng(seed) });
        expect(source.indicesAt(step)).toEqual(source.batchAt(step).values);
      }),
    );
  });

  it('is a function of the step: asked in any order, by another instance, it is the same', () => {
    fc.assert(
      fc.property(arbCase, fc.array(fc.nat(20), { maxLength: 10 }), ({ size, batchSize, seed }, steps) => {
        const source = batches(numbers(size), { batchSize, rng: createRng(seed) });
        for (const step of steps) {
          expect(source.batchAt(step)).toEqual(batches(numbers(size), { batchSize, rng: createRng(seed) }).batchAt(step));
        }
      }),
    );
  });

  it('refuses examples that are not as the data set says, of an epoch or across two', () => {
    const points: Dataset = {
      name: 'points',
      numStates: 3,
      exampleShape: [4],
      size: 5,
      examples: ({ length }) => ({ values: new Int32Array(length * 3), shape: [length, 3] }),
    };
    const source = batches(points, { batchSize: 3, rng: createRng(1) });
    expect(() => source.batchAt(0)).toThrow('batchAt: 3 examples of points are of shape [3, 3], expected [3, 4]');
    expect(() => source.batchAt(1)).toThrow('batchAt: 2 examples of points are of shape [2, 3]');
    const high = batches({ ...numbers(4), numStates: 3 }, { batchSize: 4, rng: createRng(1) });
    expect(() => high.batchAt(0)).toThrow('has state 3');
  });

  it('reads a part of a batch as it is in the whole, and nothing else', () => {
    fc.assert(
      fc.property(arbCase, fc.nat(20), fc.nat(29), fc.integer({ min: 1, max: 30 }), ({ size, batchSize, seed }, step, from, wanted) => {
        const [first, rng] = [from % batchSize, createRng(seed)];
        const count = Math.min(wanted, batchSize - first);
        let read = 0;
        const counted: Dataset = {
          ...numbers(size),
          examples: (indices, crops) => ((read += indices.length), numbers(size).examples(indices, crops)),
        };
        const { values } = batches(numbers(size), { batchSize, rng }).batchAt(step);
        const part = batches(counted, { batchSize, rng }).partAt(step, { first, count });
        expect(part).toEqual({ values: values.slice(first, first + count), shape: [count, 1] });
        expect(read).toBe(count);
      }),
    );
  });

  it('orders each epoch anew, and places its crops anew', () => {
    const source = batches(numbers(100), { batchSize: 100, rng: createRng(5) });
    expect([...source.batchAt(0).values]).not.toEqual([...source.batchAt(1).values]);
    const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(4);
    const { train } = text8Dataset(text, { length: 10, splits: { unit: 'characters', train: 20, valid: 10, test: 10 } });
    expect(train.size).toBe(1);
    const crops = batches(train, { batchSize: 1, rng: createRng(5) });
    expect(new Set(Array.from({ length: 50 }, (_, step) => crops.batchAt(step).values[0])).size).toBeGreaterThan(5);
  });

  it('refuses what is no batch', () => {
    expect(() => batches(numbers(3), { batchSize: 0, rng: createRng(1) })).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    expect(() => batches(numbers(0), { batchSize: 1, rng: createRng(1) })).toThrow('dataset.size is 0');
    expect(() => batches(numbers(3), { batchSize: 1, rng: createRng(1) }).batchAt(-1)).toThrow('step is -1');
    const four = batches(numbers(3), { batchSize: 4, rng: createRng(1) });
    expect(() => four.partAt(0, { first: 2, count: 3 })).toThrow('partAt: 3 examples from 2 on, and the batch has 4');
    expect(() => four.partAt(0, { first: 2, count: 0 })).toThrow('count is 0');
    expect(() => four.partAt(-1, { first: 0, count: 1 })).toThrow('step is -1');
  });
});

describe('swissRoll', () => {
  const options = { size: 4000, numStates: 64, rng: createRng(3) };
  const all = (size: number): number[] => Array.from({ length: size }, (_, i) => i);

  it('a point depends on the stream and its index only', () => {
    const roll = swissRoll(options);
    expect(roll.exampleShape).toEqual([2]);
    const { values } = roll.examples(all(50), createRng(9));
    expect(roll.examples([7], createRng(1)).values).toEqual(values.subarray(14, 16));
  });

  it('without noise every point lies on the spiral, to half a bin', () => {
    const { values } = swissRoll({ ...options, noise: 0 }).examples(all(500), createRng(9));
    const width = (2 * 4.5 * Math.PI) / 64;
    for (let i = 0; i < 500; i++) {
      const [x, y] = [(values[2 * i]! + 0.5) * width - 4.5 * Math.PI, (values[2 * i + 1]! + 0.5) * width - 4.5 * Math.PI];
      const angle = Math.atan2(y, x);
      // The arms at this angle: θ = angle + 2πk, with radius θ.
      const distance = Math.min(...[0, 1, 2].map((k) => Math.abs(Math.hypot(x, y) - (angle + 2 * Math.PI * k))));
      // Half a bin's diagonal along the radius, and the same turned into an angle near the centre.
      expect(distance).toBeLessThan(width * Math.SQRT1_2 * (1 + 1 / (1.5 * Math.PI)) * 1.05);
    }
  });

  it('stays in range, with little at the border', () => {
    const { values } = swissRoll(options).examples(all(4000), createRng(9));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(63);
    expect(values.filter((bin) => bin === 0 || bin === 63).length).toBeLessThan(4);
  });
});
