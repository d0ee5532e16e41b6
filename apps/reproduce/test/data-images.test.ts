import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@d3pm/core';
import { encodeCifar10 } from '@d3pm/data';
import { readCifar10 } from '@d3pm/data/node';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { averagedPixels } from '../src/data/averaged-pixels.ts';
import { digits } from '../src/data/digits.ts';
import { photographSquares, type PhotographPart } from '../src/data/photograph-squares.ts';
import { photographs, type Photographs } from '../src/data/photographs.ts';

describe('digits', () => {
  it('are 1,797 images of 8 × 8 in 17 levels, every fifth held out, with their classes', async () => {
    const { train, test } = await digits();
    expect([train.size, test.size, train.numStates, train.exampleShape]).toEqual([1438, 359, 17, [8, 8, 1]]);
    expect(Math.max(...train.images)).toBe(16);
    const counts = new Array<number>(10).fill(0);
    for (const label of [...train.labels!, ...test.labels!]) counts[label]!++;
    // As their publisher counts them.
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  });
});

describe('averagedPixels', () => {
  it('is the mean of squares, and drops what is left over', () => {
    const grey = (values: readonly number[]): Uint8Array => Uint8Array.from(values.flatMap((value) => [value, 0, 255 - value]));
    const { width, height, data } = averagedPixels({ width: 3, height: 2, data: grey([0, 1, 200, 3, 4, 200]) }, 2);
    expect([width, height, ...data]).toEqual([1, 1, 2, 0, 253]);
  });
});

describe('photographSquares', () => {
  const arbSize = fc.record({ width: fc.integer({ min: 400, max: 1500 }), height: fc.integer({ min: 200, max: 1500 }) });

  it('has no pixel both to train on and held out, and little that is in neither', () => {
    fc.assert(
      fc.property(arbSize, (size) => {
        const { train, test } = photographSquares(size);
        expect([train.left, train.left + train.width, test.left + test.width]).toEqual([0, test.left, size.width]);
        for (const { width, squares } of [train, test]) {
          for (const { reduction, row, column } of squares) {
            expect((column + 1) * 32 * reduction).toBeLessThanOrEqual(width);
            expect((row + 1) * 32 * reduction).toBeLessThanOrEqual(size.height);
          }
        }
        const kept = (reduction: number): number =>
          [...train.squares, ...test.squares].filter((square) => square.reduction === reduction).length * (32 * reduction) ** 2;
        // Less than a square each way is left over, in either part.
        for (const reduction of [1, 2, 3, 4])
          expect(kept(reduction)).toBeGreaterThan((size.width - 64 * reduction) * (size.height - 32 * reduction));
      }),
    );
  });

  it('has squares of every size in both, in like shares', () => {
    fc.assert(
      fc.property(arbSize, (size) => {
        const { train, test } = photographSquares(size);
        const shares = ({ squares }: PhotographPart): readonly number[] =>
          [1, 2, 3, 4].map((reduction) => squares.filter((square) => square.reduction === reduction).length / squares.length);
        const [ofTrain, ofTest] = [shares(train), shares(test)];
        // A strip of 128 pixels has 4, 2, 1 and 1 columns; without what is left over shares would go as 1, 1/4, 1/9 and 1/16.
        ofTest.forEach((share, i) => {
          expect(share).toBeGreaterThan(0);
          expect(Math.abs(share - ofTrain[i]!)).toBeLessThan(0.12);
        });
      }),
    );
  });
});

describe('photographs', () => {
  let folder: string;
  let splits: Photographs;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'd3pm-photographs-'));
    splits = await photographs();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are thousands of squares of eight photographs, the right of each held out', () => {
    const { train, test } = splits;
    expect(train.exampleShape).toEqual([32, 32, 3]);
    expect(train.size).toBeGreaterThan(6000);
    expect(test.size / train.size).toBeGreaterThan(0.1);
    expect(test.size / train.size).toBeLessThan(0.2);
    expect(new Set(train.labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    expect(new Set(test.labels)).toEqual(new Set(train.labels));
  });

  it('are the same through the files of CIFAR-10', { timeout: 20_000 }, async () => {
    const { train, test } = splits;
    const size = 32 * 32 * 3;
    const part = (from: number, to: number): Uint8Array =>
      encodeCifar10({ images: train.images.subarray(from * size, to * size), labels: train.labels!.subarray(from, to) });
    const each = Math.ceil(train.size / 5);
    for (let i = 0; i < 5; i++)
      writeFileSync(join(folder, `data_batch_${i + 1}.bin`), part(i * each, Math.min(train.size, (i + 1) * each)));
    writeFileSync(join(folder, 'test_batch.bin'), encodeCifar10({ images: test.images, labels: test.labels! }));
    const read = await readCifar10({ path: folder });
    expect([read.train.size, read.test.size]).toEqual([train.size, test.size]);
    const indices = Array.from({ length: 64 }, (_, i) => i * 97);
    expect(read.train.examples(indices, createRng(3))).toEqual(train.examples(indices, createRng(3)));
    expect(Buffer.from(read.test.images).equals(Buffer.from(test.images))).toBe(true);
  });
});
