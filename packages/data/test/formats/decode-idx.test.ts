import { decodeIdx } from '@d3pm/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbNumericArray } from './arb-numeric-array.ts';
import { encodeIdx, idxDtypes } from './encode-idx.ts';
import { expectRefusal } from './expect-refusal.ts';
import golden from './fixtures/idx.json' with { type: 'json' };
import { expectOnlyRefusals, outcomeOf } from './fuzz-decoder.ts';
import { mutatedBytes } from './mutated-bytes.ts';

const fileName = 'train-images-idx3-ubyte';
const decode = (...bytes: readonly number[]) => decodeIdx(Uint8Array.from(bytes), { fileName });

describe('decodeIdx', () => {
  it('reads bytes written by hand', () => {
    const { dtype, shape, data } = decode(0, 0, 0x0b, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0x01, 0x02, 0xff, 0xfe);
    expect([dtype, shape]).toEqual(['int16', [2, 1]]);
    expect(data).toEqual(Int16Array.of(258, -2));
  });

  it.each(golden.cases.map((one) => [one.dtype, one.shape, one] as const))('reads what idx2numpy wrote: %s %j', (_dtype, _shape, one) => {
    const { dtype, shape, data } = decodeIdx(Buffer.from(one.file, 'base64'), { fileName });
    expect({ dtype, shape, values: Buffer.from(data.buffer).toString('hex') }).toEqual({
      dtype: one.dtype,
      shape: one.shape,
      values: one.values,
    });
  });

  it('is the inverse of an encoder', () => {
    fc.assert(
      fc.property(arbNumericArray(idxDtypes, 1), (array) => {
        const { dtype, shape, data } = decodeIdx(encodeIdx(array), { fileName });
        expect({ dtype, shape, values: [...data] }).toEqual(array);
      }),
    );
  });

  it('returns a copy, also of a part of a buffer at an odd offset', () => {
    const file = encodeIdx({ dtype: 'float64', shape: [2], values: [1.5, -2] });
    const around = Buffer.concat([Buffer.of(7, 7, 7), file, Buffer.of(7)]);
    const { data } = decodeIdx(around.subarray(3, -1), { fileName });
    around.fill(255);
    expect(data).toEqual(Float64Array.of(1.5, -2));
  });

  it.each([
    ['an empty file', [], '0 bytes are too few, expected a magic number of 4'],
    ['half a magic number', [0, 0], '2 bytes are too few'],
    ['a magic number of another format', [0, 1, 8, 1], 'begins with 00 01 08 01, expected 00 00, a type of 08 09 0B 0C 0D 0E'],
    ['an unknown type', [0, 0, 0x0a, 1], 'begins with 00 00 0A 01'],
    ['a file still compressed', [0x1f, 0x8b, 8, 0, 0], 'it is compressed by gzip, decompress it first'],
    ['rank 0', [0, 0, 8, 0, 1], 'rank is 0 (offset 3), expected 1…255'],
    ['a header cut short', [0, 0, 8, 2, 0, 0, 0, 1, 0, 0], 'rank 2 needs a header of 12 bytes, the file has 10'],
    ['rank 255 in a short file', [0, 0, 8, 255], 'rank 255 needs a header of 1024 bytes'],
    ['data cut short', [0, 0, 8, 1, 0, 0, 0, 3, 1, 2], 'shape [3] of uint8 needs 11 bytes, the file has 10: 1 are missing'],
    ['trailing bytes', [0, 0, 8, 1, 0, 0, 0, 1, 1, 2], 'shape [1] of uint8 needs 9 bytes, the file has 10: 1 too many, from offset 9'],
    ['bytes after an empty array', [0, 0, 8, 1, 0, 0, 0, 0, 9], '1 too many, from offset 8'],
    ['wider numbers than there are', [0, 0, 0x0e, 1, 0, 0, 0, 1, 0, 0, 0, 0], 'shape [1] of float64 needs 16 bytes'],
    ['4 GiB in 8 bytes', [0, 0, 8, 1, 255, 255, 255, 255], 'shape [4294967295] of uint8 needs 4294967303 bytes, the file has 8'],
    // 2^32 · 2^32, and 0 with it: a product of 64 bits would be 0
    ['an overflow', [0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255], 'of uint8 overflows: it is more than 2^53 bytes'],
    [
      'an overflow beside a 0',
      [0, 0, 8, 3, 128, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0],
      'shape [2147483648, 2147483648, 0] of uint8 overflows',
    ],
  ])('[62] refuses %s', (_what, bytes, message) => {
    expectRefusal(() => decode(...bytes), message);
  });

  it('[62] refuses 255 axes without printing them all', () => {
    const file = encodeIdx({ dtype: 'uint8', shape: Array.from({ length: 255 }, () => 4294967295), values: [] });
    expectRefusal(
      () => decodeIdx(file, { fileName }),
      'shape [4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, …]',
    );
  });

  it('[62] guesses a cause only from all bytes that tell it', () => {
    expectRefusal(() => decode(0x1f, 0x8b, 8, 0), 'and a rank; it is compressed by gzip, decompress it first');
    expect(() => decode(0x1f, 0, 8, 1)).toThrow(/and a rank$/);
  });

  it('names the file, with what is invisible in its name escaped', () => {
    expectRefusal(() => decodeIdx(new Uint8Array(), { fileName: 'a\n\u202Eb\u0000' }), 'decodeIdx: "a\\n\\u{202E}b\\u0000": 0 bytes');
    expectRefusal(() => decodeIdx(new Uint8Array(), { fileName: 'x'.repeat(1e6) }), `"${'x'.repeat(60)}…${'x'.repeat(60)}": 0 bytes`);
  });

  it('[69] refuses arguments of plain JS', () => {
    const options = expect.objectContaining({ code: 'INVALID_OPTIONS' }) as Error;
    expect(() => decodeIdx(new ArrayBuffer(9) as unknown as Uint8Array, { fileName })).toThrow(
      'bytes are ArrayBuffer, expected Uint8Array',
    );
    expect(() => decodeIdx(null as unknown as Uint8Array, { fileName })).toThrow(options);
    expect(() => decodeIdx(new Uint8Array(9), {} as { fileName: string })).toThrow('fileName is undefined, expected a string');
    expect(() => (decodeIdx as (bytes: Uint8Array) => unknown)(new Uint8Array(9))).toThrow(options);
  });

  it('[62] refuses a file that is cut anywhere', () => {
    const file = encodeIdx({ dtype: 'int32', shape: [2, 3], values: [1, 2, 3, 4, 5, 6] });
    const outcomes = Array.from(file.keys(), (length) => outcomeOf(() => decodeIdx(file.subarray(0, length), { fileName })));
    expect(outcomes.filter((outcome) => !outcome.startsWith('INVALID_DATA: '))).toEqual([]);
  });

  it('[62] lets nothing but refusals out, whatever is done to a file', () => {
    const seeds = [
      encodeIdx({ dtype: 'uint8', shape: [2, 3, 2], values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }),
      encodeIdx({ dtype: 'float64', shape: [3], values: [1, 2, 3] }),
      encodeIdx({ dtype: 'int16', shape: [0, 2], values: [] }),
    ];
    expectOnlyRefusals((bytes) => decodeIdx(bytes, { fileName }), mutatedBytes(seeds));
  });
});
