import type { HostTensor, SafetensorsDtype } from '@d3pm/train';
import fc from 'fast-check';

const VIEWS = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
};

export const dtypes: readonly SafetensorsDtype[] = Object.keys(VIEWS) as SafetensorsDtype[];

/** A tensor from raw bytes, so that every bit pattern occurs. */
export function tensorOf(dtype: SafetensorsDtype, shape: readonly number[], bytes: ArrayLike<number>): HostTensor {
  const owned = Uint8Array.from(bytes);
  return { dtype, shape, data: new VIEWS[dtype](owned.buffer) } as HostTensor;
}

export const widthOf = (dtype: SafetensorsDtype): number => VIEWS[dtype].BYTES_PER_ELEMENT;

export const arbHostTensor: fc.Arbitrary<HostTensor> = fc
  .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.nat(3), { maxLength: 4 }) })
  .chain(({ dtype, shape }) => {
    const length = shape.reduce((product, size) => product * size, widthOf(dtype));
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => tensorOf(dtype, shape, dtype === 'BOOL' ? bytes.map((byte) => byte & 1) : bytes));
  });

/** Names that are not refused: any well-formed text, also with control characters, quotes and other scripts. */
export const arbName: fc.Arbitrary<string> = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((name) => !['__proto__', 'constructor', 'prototype', '__metadata__'].includes(name));

export const arbHostTensors: fc.Arbitrary<Record<string, HostTensor>> = fc.dictionary(arbName, arbHostTensor, { maxKeys: 6 });
