/**
 * The generator R = A − diag(A 1) of a chain that jumps from i to j at rate A_ij = A_ji ≥ 0, by its rows: doubly
 * stochastic `exp(α R)`, π uniform on each part that hangs together.
 */
export interface SymmetricGenerator {
  /** K */
  readonly numStates: number;
  /** Where the jumps of each state begin, and where the last ones end; `[K + 1]`. */
  readonly rowStarts: Int32Array;
  /** Where they go, ascending within a row, never to the state itself. */
  readonly targets: Int32Array;
  /** At what rate, > 0. */
  readonly rates: Float64Array;
  /** −R_ii, the rate of leaving i; `[K]`. */
  readonly exitRates: Float64Array;
}

/** The generator of the pairs i ≠ j given, each once in either order; the rate of a pair that comes twice is the sum. */
export function symmetricGenerator(
  numStates: number,
  pairs: Iterable<{ readonly i: number; readonly j: number; readonly rate: number }>,
): SymmetricGenerator {
  const rows = Array.from({ length: numStates }, () => new Map<number, number>());
  for (const { i, j, rate } of pairs) {
    rows[i]!.set(j, (rows[i]!.get(j) ?? 0) + rate);
    rows[j]!.set(i, (rows[j]!.get(i) ?? 0) + rate);
  }
  const rowStarts = new Int32Array(numStates + 1);
  rows.forEach((row, i) => (rowStarts[i + 1] = rowStarts[i]! + row.size));
  const targets = new Int32Array(rowStarts[numStates]!);
  const rates = new Float64Array(targets.length);
  const exitRates = new Float64Array(numStates);
  rows.forEach((row, i) => {
    let at = rowStarts[i]!;
    for (const [target, rate] of [...row].sort(([a], [b]) => a - b)) {
      targets[at] = target;
      rates[at++] = rate;
      exitRates[i]! += rate;
    }
  });
  return { numStates, rowStarts, targets, rates, exitRates };
}
