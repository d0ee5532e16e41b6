/** Columns that are summed together, and rows. */
const TILE = 4;

export interface ProductSize {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Entries of `b` up to this may be taken for 0. @defaultValue 0 */
  readonly negligible?: number;
}

/**
 * `a b` in float64, row-major: `a` is rows×inner, `b` inner×columns.
 *
 * Four rows by four columns are summed at once in registers, over the rows of `b` in which the four
 * columns are not all negligible: a banded `b` costs its band. Sums run in the order of k, so the
 * result is the same on every machine.
 */
export function matrixProduct(a: Float64Array, b: Float64Array, { rows, inner, columns, negligible = 0 }: ProductSize): Float64Array {
  const product = new Float64Array(rows * columns);
  const tiledRows = rows - (rows % TILE);
  const tiledColumns = columns - (columns % TILE);
  const strips = packStrips(a, tiledRows, inner);
  const panel = new Float64Array(inner * TILE);
  for (let j = 0; j < tiledColumns; j += TILE) {
    packPanel(panel, b, j, columns);
    let first = 0;
    let last = inner;
    while (first < last && isNegligible(panel, first, negligible)) first++;
    while (last > first && isNegligible(panel, last - 1, negligible)) last--;
    for (let i = 0; i < tiledRows; i += TILE) setTile(product, i * columns + j, columns, strips, i * inner, panel, first, last);
  }
  for (let i = 0; i < rows; i++) {
    for (let j = i < tiledRows ? tiledColumns : 0; j < columns; j++) product[i * columns + j] = entry(a, b, i, j, inner, columns);
  }
  return product;
}

/** Four rows of `a` at a time, their entries of one column side by side. */
function packStrips(a: Float64Array, rows: number, inner: number): Float64Array {
  const strips = new Float64Array(rows * inner);
  for (let i = 0, to = 0; i < rows; i += TILE) {
    for (let k = 0, from = i * inner; k < inner; k++, from++, to += TILE) {
      strips[to] = a[from]!;
      strips[to + 1] = a[from + inner]!;
      strips[to + 2] = a[from + 2 * inner]!;
      strips[to + 3] = a[from + 3 * inner]!;
    }
  }
  return strips;
}

/** Four columns of `b`, their entries of one row side by side: walking them in place would miss the cache at powers of two. */
function packPanel(panel: Float64Array, b: Float64Array, j: number, columns: number): void {
  for (let to = 0, from = j; to < panel.length; to += TILE, from += columns) {
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

// prettier-ignore
function setTile(product: Float64Array, at: number, columns: number, strips: Float64Array, strip: number, panel: Float64Array, first: number, last: number): void {
  let p00 = 0, p01 = 0, p02 = 0, p03 = 0;
  let p10 = 0, p11 = 0, p12 = 0, p13 = 0;
  let p20 = 0, p21 = 0, p22 = 0, p23 = 0;
  let p30 = 0, p31 = 0, p32 = 0, p33 = 0;
  for (let b = first * TILE, a = strip + first * TILE; b < last * TILE; b += TILE, a += TILE) {
    const b0 = panel[b]!, b1 = panel[b + 1]!, b2 = panel[b + 2]!, b3 = panel[b + 3]!;
    const a0 = strips[a]!, a1 = strips[a + 1]!, a2 = strips[a + 2]!, a3 = strips[a + 3]!;
    p00 += a0 * b0; p01 += a0 * b1; p02 += a0 * b2; p03 += a0 * b3;
    p10 += a1 * b0; p11 += a1 * b1; p12 += a1 * b2; p13 += a1 * b3;
    p20 += a2 * b0; p21 += a2 * b1; p22 += a2 * b2; p23 += a2 * b3;
    p30 += a3 * b0; p31 += a3 * b1; p32 += a3 * b2; p33 += a3 * b3;
  }
  const at1 = at + columns, at2 = at1 + columns, at3 = at2 + columns;
  product[at] = p00; product[at + 1] = p01; product[at + 2] = p02; product[at + 3] = p03;
  product[at1] = p10; product[at1 + 1] = p11; product[at1 + 2] = p12; product[at1 + 3] = p13;
  product[at2] = p20; product[at2 + 1] = p21; product[at2 + 2] = p22; product[at2 + 3] = p23;
  product[at3] = p30; product[at3 + 1] = p31; product[at3 + 2] = p32; product[at3 + 3] = p33;
}

function entry(a: Float64Array, b: Float64Array, i: number, j: number, inner: number, columns: number): number {
  let sum = 0;
  for (let k = 0; k < inner; k++) sum += a[i * inner + k]! * b[k * columns + j]!;
  return sum;
}
