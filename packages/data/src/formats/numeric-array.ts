/** The typed array that holds each dtype. A bool is a byte, 0 or 1; 64-bit integers are bigints, because a number would round them. */
export interface NumericData {
  readonly bool: Uint8Array<ArrayBuffer>;
  readonly uint8: Uint8Array<ArrayBuffer>;
  readonly int8: Int8Array<ArrayBuffer>;
  readonly uint16: Uint16Array<ArrayBuffer>;
  readonly int16: Int16Array<ArrayBuffer>;
  readonly uint32: Uint32Array<ArrayBuffer>;
  readonly int32: Int32Array<ArrayBuffer>;
  readonly uint64: BigUint64Array<ArrayBuffer>;
  readonly int64: BigInt64Array<ArrayBuffer>;
  readonly float32: Float32Array<ArrayBuffer>;
  readonly float64: Float64Array<ArrayBuffer>;
}

export type NumericDtype = keyof NumericData;

/** Numbers with their shape, the last axis fastest (C order). A test of `dtype` tells the type of `data`. */
export type NumericArray<D extends NumericDtype = NumericDtype> = {
  readonly [K in D]: { readonly dtype: K; readonly shape: readonly number[]; readonly data: NumericData[K] };
}[D];
