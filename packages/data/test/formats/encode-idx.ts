import { numericBytes } from './numeric-bytes.ts';
import type { NumericCase } from './arb-numeric-array.ts';

const TYPES = { uint8: 8, int8: 9, int16: 11, int32: 12, float32: 13, float64: 14 } as const;
export type IdxDtype = keyof typeof TYPES;
export const idxDtypes = Object.keys(TYPES) as IdxDtype[];

/** IDX from the description of the MNIST files. */
export function encodeIdx({ dtype, shape, values }: NumericCase<IdxDtype>): Uint8Array {
  return Uint8Array.from([
    0,
    0,
    TYPES[dtype],
    shape.length,
    ...numericBytes('uint32', shape, false),
    ...numericBytes(dtype, values, false),
  ]);
}
