import type { KernelSize, ProductKernel } from './product-kernel.ts';
import { scriptKernel, TILE } from './script-kernel.ts';

export interface ProductSize extends KernelSize {
  /** Entries of `b` up to this may be taken for 0. @defaultValue 0 */
  readonly negligible?: number;
  /** For a product of this size or a larger one. @defaultValue One in JavaScript, made for this product. */
  readonly kernel?: ProductKernel;
  /** Where the result goes: rows×columns. @defaultValue A new array. */
  readonly target?: Float64Array;
}

/**
 * `a b` in float64, row-major: `a` is rows×inner, `b` inner×columns.
 *
 * Four rows by four columns are summed at once in registers, over the rows of `b` in which the four
 * columns are not all negligible: a banded `b` costs its band. Sums run in the order of k, so the
 * result is the same on every machine, and by every kernel.
 */
export function matrixProduct(a: Float64Array, b: Float64Array, options: ProductSize): Float64Array {
  const { rows, inner, columns, negligible = 0, kernel = scriptKernel(options) } = options;
  const { strips, panel, product } = kernel;
  const tiledRows = rows - (rows % TILE);
  const tiledColumns = columns - (columns % TILE);
  packStrips(strips, a, tiledRows, inner);
  for (let j = 0; tiledRows > 0 && j < tiledColumns; j += TILE) {
    packPanel(panel, b, j, { inner, columns });
    let first = 0;
    let last = inner;
    while (first < last && isNegligible(panel, first, negligible)) first++;
    while (last > first && isNegligible(panel, last - 1, negligible)) last--;
    kernel.setColumns(j, first, last, options);
  }
  for (let i = 0; i < rows; i++) {
    for (let j = i < tiledRows ? tiledColumns : 0; j < columns; j++) product[i * columns + j] = entry(a, b, i, j, inner, columns);
  }
  if (options.target) {
    options.target.set(product.subarray(0, rows * columns));
    return options.target;
  }
  return options.kernel ? product.slice(0, rows * columns) : product;
}

/** Four rows of `a` at a time, their entries of one column side by side. */
function packStrips(strips: Float64Array, a: Float64Array, rows: number, inner: number): void {
  for (let i = 0, to = 0; i < rows; i += TILE) {
    for (let k = 0, from = i * inner; k < inner; k++, from++, to += TILE) {
      strips[to] = a[from]!;
      strips[to + 1] = a[from + inner]!;
      strips[to + 2] = a[from + 2 * inner]!;
      strips[to + 3] = a[from + 3 * inner]!;
    }
  }
}

/** Four columns of `b`, their entries of one row side by side: walking them in place would miss the cache at powers of two. */
function packPanel(
  panel: Float64Array,
  b: Float64Array,
  j: number,
  { inner, columns }: { readonly inner: number; readonly columns: number },
): void {
  for (let to = 0, from = j; to < inner * TILE; to += TILE, from += columns) {
    panel[to] = b[from]!;
    panel[to + 1] = b[from + 1]!;
    panel[to + 2] = b[from + 2]!;
    panel[to + 3] = b[from + 3]!;
  }
}

function isNegligible(panel: Float64Array, k: number, bound: number): boolean {
  const at = k * TILE;
  return (
    Math.abs(panel[at]!) <= bound &&
    Math.abs(panel[at + 1]!) <= bound &&
    Math.abs(panel[at + 2]!) <= bound &&
    Math.abs(panel[at + 3]!) <= bound
  );
}

function entry(a: Float64Array, b: Float64Array, i: number, j: number, inner: number, columns: number): number {
  let sum = 0;
  for (let k = 0; k < inner; k++) sum += a[i * inner + k]! * b[k * columns + j]!;
  return sum;
}
