import { productModule } from './product-module.ts';
import { scriptKernel, TILE } from './script-kernel.ts';
import { instantiate } from './web-assembly/instantiate.ts';

export interface KernelSize {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Where factors of a product are laid out, and what multiplies them there. */
export interface ProductKernel {
  /** Rows of the left factor, four at a time: entry k of the four side by side. */
  readonly strips: Float64Array;
  /** Four columns of the right one, entry k of the four side by side. */
  readonly panel: Float64Array;
  /** Row-major. */
  readonly product: Float64Array;
  /** Columns `column`…`column + 3` of all whole strips, summed over k ∈ first…last−1 in this order. */
  setColumns(column: number, first: number, last: number, size: KernelSize): void;
}

/**
 * A kernel for products up to this size, to be used for many.
 *
 * In WebAssembly with two float64 lanes, in half the time; in JavaScript where that is not to be had, or where a page forbids
 * it. Both add the same numbers in the same order, so that they agree to the last bit.
 */
export function createProductKernel(largest: KernelSize): ProductKernel {
  return wasmKernel(largest) ?? scriptKernel(largest);
}

function wasmKernel({ rows, inner, columns }: KernelSize): ProductKernel | undefined {
  const [panelBytes, stripsBytes, productBytes] = [8 * TILE * inner, 8 * rows * inner, 8 * rows * columns];
  const [stripsAt, productAt] = [panelBytes, panelBytes + Math.ceil(stripsBytes / 16) * 16];
  const machine = instantiate('setColumns', productModule, productAt + productBytes);
  if (!machine) return undefined;
  const { buffer, call } = machine;
  const product = new Float64Array(buffer, productAt, rows * columns);
  return {
    panel: new Float64Array(buffer, 0, TILE * inner),
    strips: new Float64Array(buffer, stripsAt, rows * inner),
    product,
    setColumns: (column, first, last, size) => {
      const tiledRows = size.rows - (size.rows % TILE);
      if (first === last) {
        for (let i = 0; i < tiledRows; i++) product.fill(0, i * size.columns + column, i * size.columns + column + TILE);
        return;
      }
      const from = 8 * TILE * first;
      call(
        stripsAt + from,
        stripsAt + from + 8 * tiledRows * size.inner,
        8 * TILE * size.inner,
        from,
        8 * TILE * last,
        productAt + 8 * column,
        8 * size.columns,
      );
    },
  };
}
