import { decodeCifar10, encodeCifar10 } from '@d3pm/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from './fixtures/cifar10.json' with { type: 'json' };

const fileName = 'test_batch.bin';

describe('encodeCifar10', () => {
  it('is the inverse of decodeCifar10, both ways', () => {
    const arbRecord = fc.tuple(fc.nat(9), fc.uint8Array({ minLength: 3072, maxLength: 3072 }));
    fc.assert(
      fc.property(fc.array(arbRecord, { minLength: 1, maxLength: 3 }), (records) => {
        const labels = Uint8Array.from(records, ([label]) => label);
        const images = Uint8Array.from(records.flatMap(([, image]) => [...image]));
        const file = encodeCifar10({ images, labels });
        expect(decodeCifar10(file, { fileName })).toEqual({ images, labels });
        expect(encodeCifar10(decodeCifar10(file, { fileName }))).toEqual(file);
      }),
      { numRuns: 20 },
    );
  });

  it('writes the bytes of a file again', () => {
    const file = new Uint8Array(Buffer.from(golden.file, 'base64'));
    expect(encodeCifar10(decodeCifar10(file, { fileName }))).toEqual(file);
  });

  it.each([
    ['a label above 9', new Uint8Array(6144), Uint8Array.of(9, 10), 'INVALID_DATA', 'label 1 is 10, expected 0…9'],
    ['images of another length', new Uint8Array(6143), Uint8Array.of(1, 2), 'SHAPE', 'images have 6143 bytes for 2 labels'],
    ['nothing', new Uint8Array(0), new Uint8Array(0), 'SHAPE', 'n ≥ 1'],
  ])('[61] refuses %s', (_, images, labels, code, message) => {
    expect(() => encodeCifar10({ images, labels })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });
});
