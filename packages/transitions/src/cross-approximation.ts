/** A matrix as a sum of few columns times rows, `left right`. */
export interface Factors {
  /** Float64 `[size, rank]`; no entry is above 1 in size. */
  readonly left: Float64Array;
  /** Float64 `[rank, size]`. */
  readonly right: Float64Array;
  /** A multiple of 4: the last rows may be 0. */
  readonly rank: number;
}

/** Of rows that are multiplied together; see `matrixProduct`. */
const RANK_STEP = 4;

/**
 * Gaussian elimination with complete pivoting of a size×size matrix, ended when nothing above `tolerance` is left:
 *
 *     R ← R − R[·, j] R[i, ·] / R[i, j],   |R[i, j]| the largest,   matrix = left right + R
 *
 * The sizes of the rows of `right` fall with those of the pivots, so that the sum loses no digits against the matrix.
 *
 * @returns Undefined when more than `maxRank` columns are needed.
 */
export function crossApproximation(
  matrix: Float64Array,
  size: number,
  { tolerance, maxRank }: { readonly tolerance: number; readonly maxRank: number },
): Factors | undefined {
  const rest = matrix.slice();
  const columns: Float64Array[] = [];
  const rows: Float64Array[] = [];
  let at = largestAt(rest);
  while (Math.abs(rest[at]!) > tolerance) {
    if (rows.length === maxRank) return undefined;
    const [i, j] = [Math.floor(at / size), at % size];
    const row = rest.slice(i * size, (i + 1) * size);
    const column = Float64Array.from({ length: size }, (_, k) => rest[k * size + j]! / row[j]!);
    rows.push(row);
    columns.push(column);
    for (let k = 0, to = 0; k < size; k++) {
      const factor = column[k]!;
      for (let l = 0; l < size; l++, to++) rest[to] = rest[to]! - factor * row[l]!;
    }
    at = largestAt(rest);
  }
  const rank = Math.ceil(rows.length / RANK_STEP) * RANK_STEP;
  const left = new Float64Array(size * rank);
  const right = new Float64Array(rank * size);
  rows.forEach((row, r) => right.set(row, r * size));
  columns.forEach((column, r) => column.forEach((entry, k) => (left[k * rank + r] = entry)));
  return { left, right, rank };
}

function largestAt(entries: Float64Array): number {
  let [at, largest] = [0, 0];
  for (let k = 0; k < entries.length; k++) {
    const size = Math.abs(entries[k]!);
    if (size > largest) [at, largest] = [k, size];
  }
  return at;
}
