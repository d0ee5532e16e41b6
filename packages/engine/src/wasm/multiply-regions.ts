import { assertRoom } from './guard-heap.ts';
import type { WasmModule } from './wasm-backend.ts';

/** Addresses of a [rows, inner], b [inner, columns] and out [rows, columns], float32 row-major. */
export interface ProductRegion {
  readonly a: number;
  readonly b: number;
  readonly out: number;
}

export interface ProductSize {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

// The back end counts its tensors up from 1; these names are out of its reach.
const A = 0x7fffff01;
const B = 0x7fffff02;
const OUT = 0x7fffff03;

/** XNNPACK rounds the columns and the inner size of its copy of b up to no more than that. */
const TILE = 16;

/**
 * out = a b for each region, by XNNPACK's fully connected operator.
 *
 * The back end caches that operator under the name of b *alone*: after `matMul(x, w)` the stock kernel
 * gives wrong numbers for `matMul(y, reshape(w, …))`, whose data has the same name and another shape.
 * Here b is named for one product and forgotten after it, which also frees the packed copy of b.
 *
 * @throws {D3pmError} `ENGINE` when the heap has no room for that copy: XNNPACK then prints a line, and leaves the output as it was.
 */
export function multiplyRegions(wasm: WasmModule, size: ProductSize, regions: Iterable<ProductRegion>): void {
  const { rows, inner, columns } = size;
  assertRoom(wasm, 4 * (inner + TILE) * (columns + TILE));
  const stack = wasm.stackSave();
  try {
    const aShape = wasm.stackAlloc(24);
    const bShape = aShape + 12;
    new Int32Array(wasm.HEAPU8.buffer, aShape, 6).set([1, rows, inner, 1, inner, columns]);
    for (const { a, b, out } of regions) {
      wasm._register_tensor(A, rows * inner, a);
      wasm._register_tensor(B, inner * columns, b);
      wasm._register_tensor(OUT, rows * columns, out);
      wasm._BatchMatMul(A, aShape, 3, B, bShape, 3, 0, 0, OUT);
      for (const id of [A, B, OUT]) wasm._dispose_data(id);
    }
  } finally {
    wasm.stackRestore(stack);
  }
}
