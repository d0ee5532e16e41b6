import type { DataType, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

/** The emscripten module of `@tensorflow/tfjs-backend-wasm` 4.22, as far as the kernels here use it. */
export interface WasmModule {
  /** Replaced when the heap grows: take a view of it after the last allocation, never before. */
  readonly HEAPU8: Uint8Array;
  _malloc: (bytes: number) => number;
  _free(address: number): void;
  stackSave(): number;
  stackAlloc(bytes: number): number;
  stackRestore(stack: number): void;
  /** Names a region of the heap, so that a C kernel can be called on it. Copies nothing. */
  _register_tensor(id: number, size: number, address: number): void;
  /** Forgets the name and what XNNPACK has cached under it. Frees no tensor memory. */
  _dispose_data(id: number): void;
  _BatchMatMul(
    a: number,
    aShape: number,
    aRank: number,
    b: number,
    bShape: number,
    bRank: number,
    transposeA: number,
    transposeB: number,
    out: number,
  ): void;
  _Transpose(x: number, shape: number, rank: number, dtype: number, out: number, perm: number, permLength: number): void;
}

/** The back end of `@tensorflow/tfjs-backend-wasm` 4.22, as far as the kernels here use it. */
export interface WasmBackend {
  readonly wasm: WasmModule;
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  incRef(dataId: object): void;
  typedArrayFromHeap(tensor: TensorInfo): HeapArray;
}

export type HeapArray = Float32Array | Int32Array | Uint8Array;

/**
 * A kernel for the wasm back end. `stock` is the one it takes the place of, for what it leaves to it;
 * undefined where the back end has none of that name.
 */
export interface WasmKernel<I = NamedTensorInfoMap, A = NamedAttrMap> {
  readonly kernelName: string;
  readonly run: (call: WasmKernelCall<I, A>) => TensorInfo | TensorInfo[];
}

export interface WasmKernelCall<I, A> {
  readonly inputs: I;
  readonly attrs: A;
  readonly backend: WasmBackend;
  readonly stock: () => TensorInfo | TensorInfo[];
}

/** Address of the first byte of a tensor on the heap. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}

/** The whole heap as float32; element `address / 4` is the one at `address`. Valid until the next allocation. */
export function floatHeap(wasm: WasmModule): Float32Array {
  return new Float32Array(wasm.HEAPU8.buffer);
}

/** Runs `use` on `count` float32 of scratch memory, which is freed afterwards. @throws {D3pmError} `ENGINE` when the heap has no room for it. */
export function withScratch<T>(wasm: WasmModule, count: number, use: (address: number) => T): T {
  const address = wasm._malloc(count * 4) >>> 0;
  try {
    return use(address);
  } finally {
    wasm._free(address);
  }
}
