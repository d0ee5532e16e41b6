import type { NumericDtype } from '@d3pm/data';
import fc from 'fast-check';

export interface NumericCase<D extends NumericDtype = NumericDtype> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly values: readonly (number | bigint)[];
}

const ELEMENTS: Readonly<Record<NumericDtype, fc.Arbitrary<number | bigint>>> = {
  bool: fc.nat(1),
  uint8: fc.nat(255),
  int8: fc.integer({ min: -128, max: 127 }),
  uint16: fc.nat(65535),
  int16: fc.integer({ min: -32768, max: 32767 }),
  uint32: fc.nat(2 ** 32 - 1),
  int32: fc.integer(),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  float32: fc.float(),
  float64: fc.double(),
};

/** Numbers in C order of a shape of up to four axes, some of length 0. */
export function arbNumericArray<const D extends NumericDtype>(dtypes: readonly D[], minRank: number): fc.Arbitrary<NumericCase<D>> {
  return fc.tuple(fc.constantFrom(...dtypes), fc.array(fc.nat(4), { minLength: minRank, maxLength: 4 })).chain(([dtype, shape]) => {
    const count = shape.reduce((product, dimension) => product * dimension, 1);
    return fc.record({
      dtype: fc.constant(dtype),
      shape: fc.constant(shape),
      values: fc.array(ELEMENTS[dtype], { minLength: count, maxLength: count }),
    });
  });
}
