import type { NumericData, NumericDtype } from './numeric-array.ts';

type Views = { readonly [D in NumericDtype]: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer): NumericData[D] } };

const VIEWS: Views = {
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** Bytes of one number. */
export function numericWidth(dtype: NumericDtype): number {
  return VIEWS[dtype].BYTES_PER_ELEMENT;
}

/** The numbers of a file, every bit kept, a NaN's too. `bytes` must own its whole buffer: it becomes the result, swapped in place where the machine's order differs. */
export function numericData<D extends NumericDtype>(dtype: D, bytes: Uint8Array<ArrayBuffer>, order: 'little' | 'big'): NumericData[D] {
  const ofMachine = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big';
  if (order !== ofMachine) reverseEach(bytes, numericWidth(dtype));
  return new VIEWS[dtype](bytes.buffer);
}

function reverseEach(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) {
    for (let i = start, j = start + width - 1; i < j; i++, j--) {
      const byte = bytes[i]!;
      bytes[i] = bytes[j]!;
      bytes[j] = byte;
    }
  }
}
