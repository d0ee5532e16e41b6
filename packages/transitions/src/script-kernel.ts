import type { KernelSize, ProductKernel } from './product-kernel.ts';

/** Rows, and columns, that are summed together. */
export const TILE = 4;

/** {@link ProductKernel} in JavaScript: sixteen sums at a time, in registers. */
export function scriptKernel({ rows, inner, columns }: KernelSize): ProductKernel {
  const strips = new Float64Array(rows * inner);
  const panel = new Float64Array(inner * TILE);
  const product = new Float64Array(rows * columns);
  return {
    strips,
    panel,
    product,
    setColumns: (column, first, last, size) => {
      for (let i = 0; i + TILE <= size.rows; i += TILE) {
        setTile(product, i * size.columns + column, size.columns, strips, i * size.inner, panel, first, last);
      }
    },
  };
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
