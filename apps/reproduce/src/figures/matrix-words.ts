export interface MatrixWords {
  /** With the number that the lightest colour stands for. */
  readonly title: string;
  /** What rows and columns are. */
  readonly axes: string;
}

/** What is said beside a heat map of Q_t or Q̄_t. @param from As `x_0`. @param matrix float64 `[K·K]`, row-major. */
export function matrixWords(name: string, matrix: Float64Array, { from }: { readonly from: string }): MatrixWords {
  const largest = matrix.reduce((max, value) => Math.max(max, value), 0);
  return { title: `${name}, largest ${Number(largest.toPrecision(3))}`, axes: `↓ from ${from}, → to x_t` };
}
