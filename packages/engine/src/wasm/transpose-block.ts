const TILE = 32;

/** A matrix inside a flat array: element (i, j) is `values[offset + i * rowStride + j]`. */
export interface StridedMatrix {
  readonly values: { [index: number]: number };
  readonly offset: number;
  readonly rowStride: number;
}

/**
 * `to[j, i] = from[i, j]` for i < rows, j < columns, in tiles that stay in the first-level cache.
 */
export function transposeBlock(from: StridedMatrix, to: StridedMatrix, rows: number, columns: number): void {
  const source = from.values;
  const target = to.values;
  const stride = from.rowStride;
  for (let rowStart = 0; rowStart < rows; rowStart += TILE) {
    const rowEnd = Math.min(rowStart + TILE, rows);
    for (let columnStart = 0; columnStart < columns; columnStart += TILE) {
      const columnEnd = Math.min(columnStart + TILE, columns);
      for (let column = columnStart; column < columnEnd; column++) {
        let read = from.offset + rowStart * stride + column;
        let write = to.offset + column * to.rowStride + rowStart;
        for (let row = rowStart; row < rowEnd; row++, read += stride) target[write++] = source[read]!;
      }
    }
  }
}
