import { createHash } from 'node:crypto';
import { decodeCifar10 } from '@d3pm/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectRefusal } from './expect-refusal.ts';
import golden from './fixtures/cifar10.json' with { type: 'json' };
import { expectOnlyRefusals } from './fuzz-decoder.ts';
import { mutatedBytes } from './mutated-bytes.ts';

const fileName = 'data_batch_1.bin';
const decode = (bytes: Uint8Array) => decodeCifar10(bytes, { fileName });

/** The description of the binary version: label, then the planes of red, green and blue, row by row. */
const encode = (labels: ArrayLike<number>, images: ArrayLike<number>): Uint8Array =>
  Uint8Array.from(
    Array.from(labels).flatMap((label, record) => [
      label,
      ...[0, 1, 2].flatMap((colour) => Array.from({ length: 1024 }, (_, pixel) => images[(record * 1024 + pixel) * 3 + colour]!)),
    ]),
  );

describe('decodeCifar10', () => {
  it('puts each byte where the format says', () => {
    const record = new Uint8Array(3073);
    record[0] = 7;
    record[1 + 5 * 32 + 9] = 1; // red of row 5, column 9
    record[1 + 1024 + 5 * 32 + 9] = 2;
    record[1 + 2048 + 5 * 32 + 9] = 3;
    const { labels, images } = decode(record);
    const at = (5 * 32 + 9) * 3;
    expect([...labels, images.length, ...images.subarray(at - 1, at + 4)]).toEqual([7, 3072, 0, 1, 2, 3, 0]);
    expect(images.reduce((sum, value) => sum + value, 0)).toBe(6);
  });

  it('rearranges as NumPy does', () => {
    const { labels, images } = decode(Buffer.from(golden.file, 'base64'));
    expect([...labels]).toEqual(golden.labels);
    expect([...images.subarray(0, 6)]).toEqual(golden.firstPixels.flat());
    expect(createHash('sha256').update(images).digest('hex')).toBe(golden.imagesSha256);
  });

  it('is the inverse of an encoder', () => {
    const arbRecord = fc.tuple(fc.nat(9), fc.uint8Array({ minLength: 3072, maxLength: 3072 }));
    fc.assert(
      fc.property(fc.array(arbRecord, { minLength: 1, maxLength: 3 }), (records) => {
        const labels = Uint8Array.from(records, ([label]) => label);
        const images = Uint8Array.from(records.flatMap(([, image]) => [...image]));
        expect(decode(encode(labels, images))).toEqual({ labels, images });
      }),
      { numRuns: 20 },
    );
  });

  it('returns a copy', () => {
    const file = Buffer.alloc(3073, 1);
    const { labels, images } = decode(file);
    file.fill(9);
    expect([labels[0], images[0], images[3071]]).toEqual([1, 1, 1]);
  });

  it.each([
    ['an empty file', new Uint8Array(), 'is empty, expected records of 3073 bytes'],
    ['one byte too few', new Uint8Array(3072), '3072 bytes are 0 records of 3073 and 3072 more, expected a multiple'],
    ['one byte too many', new Uint8Array(6147), '6147 bytes are 2 records of 3073 and 1 more, expected a multiple'],
    ['a file still compressed', Uint8Array.of(0x1f, 0x8b, 8, 0), 'it is compressed by gzip'],
    ['a page of HTML', new TextEncoder().encode('<!doctype html>'), 'it is a page of HTML'],
    ['a label above 9', encode([0, 9, 10, 255], new Uint8Array(4 * 3072)), 'record 2 of 0…3 has label 10 (offset 6146), expected 0…9'],
  ])('[61] refuses %s', (_what, bytes, message) => {
    expectRefusal(() => decode(bytes), message);
  });

  it('[61] lets nothing but refusals out, whatever is done to a file', () => {
    expectOnlyRefusals(decode, mutatedBytes([encode([1, 2], new Uint8Array(6144).fill(5)), encode([9], new Uint8Array(3072))]));
  });
});
