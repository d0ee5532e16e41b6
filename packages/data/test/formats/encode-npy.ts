import type { NumericDtype } from '@d3pm/data';
import type { NumericCase } from './arb-numeric-array.ts';
import { numericBytes } from './numeric-bytes.ts';

const CODES = {
  bool: 'b1',
  uint8: 'u1',
  int8: 'i1',
  uint16: 'u2',
  int16: 'i2',
  uint32: 'u4',
  int32: 'i4',
  uint64: 'u8',
  int64: 'i8',
  float32: 'f4',
  float64: 'f8',
} as const;
export const npyDtypes = Object.keys(CODES) as NumericDtype[];

export interface NpyEncoding {
  readonly major: 1 | 2 | 3;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
}

/** An .npy whose header is any text, right or wrong. */
export function npyFile(header: string, data: readonly number[], major = 1): Uint8Array {
  const text = [...new TextEncoder().encode(header)];
  const length = numericBytes(major === 1 ? 'uint16' : 'uint32', [text.length], true);
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, major, 0, ...length, ...text, ...data]);
}

/** NEP 1: the header is padded with spaces to a multiple of 64 and ends with a line end. */
export function encodeNpy({ dtype, shape, values }: NumericCase, { major, littleEndian, fortranOrder }: NpyEncoding): Uint8Array {
  const code = CODES[dtype];
  const order = code.endsWith('1') ? '|' : littleEndian ? '<' : '>';
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${order}${code}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': ${tuple}, }`;
  const preamble = major === 1 ? 10 : 12;
  const header = `${dictionary.padEnd(Math.ceil((preamble + dictionary.length + 1) / 64) * 64 - preamble - 1)}\n`;
  return npyFile(header, numericBytes(dtype, fortranOrder ? inFortranOrder(shape, values) : values, littleEndian), major);
}

/** By the definition: the index of the first axis runs fastest. */
function inFortranOrder<T>(shape: readonly number[], values: readonly T[]): T[] {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1));
  return values.map((_, target) => {
    let rest = target;
    const index = shape.map((dimension) => {
      const here = rest % dimension;
      rest = (rest - here) / dimension;
      return here;
    });
    return values[index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0)]!;
  });
}
