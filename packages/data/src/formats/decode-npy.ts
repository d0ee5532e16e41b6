import { quoted } from '@d3pm/core';
import { assertDataLength } from './assert-data-length.ts';
import { cOrder } from './c-order.ts';
import { likelyCause } from './likely-cause.ts';
import { parseNpyHeader } from './npy-header.ts';
import type { NumericArray, NumericDtype } from './numeric-array.ts';
import { numericData, numericWidth } from './numeric-data.ts';
import { openFileBytes, type Damage, type DecodeFileOptions } from './open-file-bytes.ts';

export type NpyArray = NumericArray;

const MAGIC = [0x93, ...Array.from('NUMPY', (letter) => letter.charCodeAt(0))];
const MAX_HEADER = 10_000; // NumPy's own limit
const DTYPES: ReadonlyMap<string, NumericDtype> = new Map([
  ['b1', 'bool'],
  ['u1', 'uint8'],
  ['i1', 'int8'],
  ['u2', 'uint16'],
  ['i2', 'int16'],
  ['u4', 'uint32'],
  ['i4', 'int32'],
  ['u8', 'uint64'],
  ['i8', 'int64'],
  ['f4', 'float32'],
  ['f8', 'float64'],
]);

/**
 * Reads NumPy's .npy, versions 1.0 to 3.0: bool, integers of 8 to 64 bits, float32 and float64, of either byte order.
 *
 *     93 'NUMPY' major minor, length of the header (uint16, from version 2 on uint32, little-endian), header, numbers
 *
 * The header is parsed, never evaluated. An .npz is a zip of such files.
 *
 * @returns a copy in C order, which the caller owns; a file in Fortran order is rearranged. The shape of a scalar is [].
 * @throws {D3pmError} `INVALID_DATA`, with the offset, for any other dtype (an object array is a pickle), a header that is not
 * exactly NumPy's, a bool that is neither 0 nor 1, and a length that is not the one of the shape; `INVALID_OPTIONS` when `bytes` are no Uint8Array.
 */
export function decodeNpy(bytes: Uint8Array, options: DecodeFileOptions): NpyArray {
  const damaged = openFileBytes('decodeNpy', bytes, options);
  const start = headerStart(damaged, bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = start === 10 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerLength > MAX_HEADER) throw damaged(`its header has ${headerLength} bytes (offset 8), expected at most ${MAX_HEADER}`);
  const offset = start + headerLength;
  if (offset > bytes.length) throw damaged(`its header ends at offset ${offset}, the file has ${bytes.length} bytes`);
  const header = String.fromCharCode(...bytes.subarray(start, offset)); // any byte beyond ASCII is an error of the grammar
  const { descr, fortranOrder, shape } = parseNpyHeader(header, (index, problem) =>
    damaged(`its header ${problem} (offset ${start + index})`),
  );
  const dtype = dtypeOf(damaged, descr);
  assertDataLength(damaged, { dtype, shape, offset, length: bytes.length });
  const content = bytes.subarray(offset);
  const owned = fortranOrder && shape.length > 1 ? cOrder(content, shape, numericWidth(dtype)) : new Uint8Array(content);
  if (dtype === 'bool') assertBools(damaged, content, offset);
  return { dtype, shape, data: numericData(dtype, owned, descr.startsWith('>') ? 'big' : 'little') } as NpyArray;
}

/** 10 in version 1.0, where the length of the header has two bytes, else 12. */
function headerStart(damaged: Damage, bytes: Uint8Array): 10 | 12 {
  const wrong = MAGIC.findIndex((byte, i) => bytes[i] !== byte);
  if (wrong !== -1) throw damaged(`does not begin as an .npy does, with 93 "NUMPY" (offset ${wrong})${likelyCause(bytes)}`);
  const [major, minor] = bytes.subarray(6, 8);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw damaged(`${bytes.length} bytes are too few, expected at least ${start}`);
  if (minor !== 0 || ![1, 2, 3].includes(major!)) throw damaged(`its version is ${major}.${minor} (offset 6), expected 1.0, 2.0 or 3.0`);
  return start;
}

function dtypeOf(damaged: Damage, descr: string): NumericDtype {
  const [, order, type] = /^([<>|]?)([^]*)$/.exec(descr)!;
  const dtype = DTYPES.get(type!);
  const reason = /^[|<>=]?O/.test(descr) ? 'an array of Python objects is a pickle, which could run code and is never read' : '';
  if (dtype === undefined) {
    throw damaged(
      `its dtype is ${quoted(descr)}, expected one of ${[...DTYPES.keys()].join(' ')} after "<" or ">"${reason && `; ${reason}`}`,
    );
  }
  // Without an order, "f4" is that of whatever machine wrote it.
  if (order === '' || (order === '|' && numericWidth(dtype) > 1)) {
    throw damaged(`its dtype ${quoted(descr)} does not say its byte order, expected "<${type}" or ">${type}"`);
  }
  return dtype;
}

function assertBools(damaged: Damage, bytes: Uint8Array, offset: number): void {
  const wrong = bytes.findIndex((byte) => byte > 1);
  if (wrong !== -1) throw damaged(`bool ${wrong} is ${bytes[wrong]} (offset ${offset + wrong}), expected 0 or 1`);
}
