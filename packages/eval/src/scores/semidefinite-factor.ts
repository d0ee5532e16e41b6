export interface SemidefiniteFactor {
  /** R with Σ = RᵀR, float64 `[rank·d]`. */
  readonly rows: Float64Array;
  readonly rank: number;
  /** ‖Σ − RᵀR‖_F over the largest variance. At least −λ_min of Σ over it: only a matrix that is no covariance has more than rounding. */
  readonly excess: number;
}

/**
 * Cholesky's factorisation with diagonal pivoting, which exists for singular covariances too, and stops at their rank: where
 * what is left of every variance is at most d · 2⁻⁵² of the largest.
 *
 * @param matrix Symmetric, float64 `[d·d]`; only read, and only on and above the diagonal.
 */
export function semidefiniteFactor(matrix: Float64Array, d: number): SemidefiniteFactor {
  const rest = matrix.slice();
  const rows = new Float64Array(d * d);
  const isDone = new Uint8Array(d);
  let scale = 0;
  for (let i = 0; i < d; i++) scale = Math.max(scale, Math.abs(rest[i * d + i]!));
  let rank = 0;
  for (; rank < d; rank++) {
    const pivot = largestPivot(rest, isDone, d * Number.EPSILON * scale);
    if (pivot < 0) break;
    const row = rows.subarray(rank * d, (rank + 1) * d);
    const root = Math.sqrt(rest[pivot * d + pivot]!);
    for (let j = 0; j < d; j++) if (!isDone[j]) row[j] = rest[j < pivot ? j * d + pivot : pivot * d + j]! / root;
    isDone[pivot] = 1;
    for (let i = 0; i < d; i++) {
      const factor = row[i]!;
      if (isDone[i] || factor === 0) continue;
      const offset = i * d;
      for (let j = i; j < d; j++) rest[offset + j]! -= factor * row[j]!;
    }
  }
  return { rows: rows.subarray(0, rank * d), rank, excess: scale === 0 ? norm(rest, isDone, 1) : norm(rest, isDone, scale) };
}

/** The index of the largest variance that is left, −1 when none is above `tolerance`. */
function largestPivot(rest: Float64Array, isDone: Uint8Array, tolerance: number): number {
  const d = isDone.length;
  let [pivot, largest] = [-1, tolerance];
  for (let i = 0; i < d; i++) {
    if (isDone[i] || !(rest[i * d + i]! > largest)) continue;
    largest = rest[i * d + i]!;
    pivot = i;
  }
  return pivot;
}

function norm(rest: Float64Array, isDone: Uint8Array, scale: number): number {
  const d = isDone.length;
  let squares = 0;
  for (let i = 0; i < d; i++) {
    if (isDone[i]) continue;
    for (let j = i; j < d; j++) if (!isDone[j]) squares += (i === j ? 1 : 2) * (rest[i * d + j]! / scale) ** 2;
  }
  return Math.sqrt(squares);
}
