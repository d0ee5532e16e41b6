/**
 * The typed array that holds each dtype. BOOL is a byte, 0 or 1; F16 and BF16 are their raw 16 bits; 64-bit integers are bigints,
 * because a number would round them.
 */
export interface SafetensorsData {
  readonly BOOL: Uint8Array;
  readonly U8: Uint8Array;
  readonly I8: Int8Array;
  readonly I16: Int16Array;
  readonly U16: Uint16Array;
  readonly F16: Uint16Array;
  readonly BF16: Uint16Array;
  readonly I32: Int32Array;
  readonly U32: Uint32Array;
  readonly F32: Float32Array;
  readonly F64: Float64Array;
  readonly I64: BigInt64Array;
  readonly U64: BigUint64Array;
}

/** The dtypes that are read and written, by the names of the format. */
export type SafetensorsDtype = keyof SafetensorsData;

/** Numbers on the host with their shape, the last axis fastest; `[]` is a scalar. A test of `dtype` tells the type of `data`. */
export type HostTensor<D extends SafetensorsDtype = SafetensorsDtype> = {
  readonly [K in D]: { readonly dtype: K; readonly shape: readonly number[]; readonly data: SafetensorsData[K] };
}[D];

type Views = {
  readonly [D in SafetensorsDtype]: {
    readonly name: string;
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBuffer): SafetensorsData[D];
  };
};

/** In the order of the reference writer: the later a dtype stands here, the earlier its data lies in a file. */
const VIEWS: Views = {
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

export const safetensorsDtypes: readonly SafetensorsDtype[] = Object.keys(VIEWS) as SafetensorsDtype[];

export function isSafetensorsDtype(text: unknown): text is SafetensorsDtype {
  return safetensorsDtypes.some((dtype) => dtype === text);
}

export function viewOf<D extends SafetensorsDtype>(dtype: D): Views[D] {
  return VIEWS[dtype];
}
