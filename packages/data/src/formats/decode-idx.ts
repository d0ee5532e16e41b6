import { assertDataLength } from './assert-data-length.ts';
import { likelyCause } from './likely-cause.ts';
import type { NumericArray } from './numeric-array.ts';
import { numericData } from './numeric-data.ts';
import { openFileBytes, type DecodeFileOptions } from './open-file-bytes.ts';

/** The six dtypes of IDX. */
export type IdxArray = NumericArray<'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64'>;

const DTYPES: ReadonlyMap<number, IdxArray['dtype']> = new Map([
  [0x08, 'uint8'],
  [0x09, 'int8'],
  [0x0b, 'int16'],
  [0x0c, 'int32'],
  [0x0d, 'float32'],
  [0x0e, 'float64'],
]);

/**
 * Reads IDX, the format of MNIST and of its successors, decompressed.
 *
 *     0 0 type rank, rank dimensions as uint32, the numbers in C order; everything big-endian
 *
 * @returns a copy, which the caller owns. A dimension may be 0, and then there is no data.
 * @throws {D3pmError} `INVALID_DATA` for an unknown type, a rank of 0, and a length that is not exactly the one of the
 * header; `INVALID_OPTIONS` when `bytes` are no Uint8Array.
 */
export function decodeIdx(bytes: Uint8Array, options: DecodeFileOptions): IdxArray {
  const damaged = openFileBytes('decodeIdx', bytes, options);
  if (bytes.length < 4) throw damaged(`${bytes.length} bytes are too few, expected a magic number of 4`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dtype = DTYPES.get(view.getUint8(2));
  if (view.getUint16(0) !== 0 || dtype === undefined) {
    const start = Array.from(bytes.subarray(0, 4), hex).join(' ');
    throw damaged(
      `begins with ${start}, expected 00 00, a type of ${[...DTYPES.keys()].map(hex).join(' ')}, and a rank${likelyCause(bytes)}`,
    );
  }
  const rank = view.getUint8(3);
  if (rank === 0) throw damaged('rank is 0 (offset 3), expected 1…255');
  const offset = 4 + 4 * rank;
  if (bytes.length < offset) throw damaged(`rank ${rank} needs a header of ${offset} bytes, the file has ${bytes.length}`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  assertDataLength(damaged, { dtype, shape, offset, length: bytes.length });
  const data = numericData(dtype, new Uint8Array(bytes.subarray(offset)), 'big');
  return { dtype, shape, data } as IdxArray;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
