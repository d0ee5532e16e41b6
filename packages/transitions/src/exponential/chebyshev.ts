import { columnsOf, writeStart, type ActionTask } from './action-task.ts';
import type { BlockRecurrence } from './block-recurrence.ts';
import { chebyshevRecurrence } from './chebyshev-recurrence.ts';
import { chebyshevWeights } from './chebyshev-weights.ts';

/** What the coefficients left out sum to, at most. */
const ERROR = 1e-15;

/**
 * p exp(α R) by the Chebyshev expansion, for a block of at most `width` rows: with the eigenvalues of R in [−ρ, 0],
 *
 *     exp(α R) ≈ Σ_{n ≤ N} c_n T_n(I + 2R/ρ),   c_n = 2 e^{−z} I_n(z) (half of it at n = 0),   z = αρ/2
 *
 * N is about √(2 z ln 1e15) = √(34.5 αρ). The T_n have norm ≤ 1 and the c_n left out sum to less than 1e-15, so that each
 * entry is right to 1e-15 ‖p‖ and the rounding of its terms, absolutely: entries below that are noise, and may be negative.
 *
 * @param radius ρ
 * @returns Float64 `[K]` for each task.
 */
export function chebyshevRows(
  recurrence: BlockRecurrence,
  tasks: readonly ActionTask[],
  { exitRates, radius }: { readonly exitRates: Float64Array; readonly radius: number },
): Float64Array[] {
  const { width, vectors, sum, weights } = recurrence;
  const coefficients = tasks.map(({ rate }) => chebyshevWeights((rate * radius) / 2, ERROR));
  vectors[0].fill(0);
  sum.fill(0);
  tasks.forEach(({ start }, column) => {
    writeStart(vectors[0], width, column, start);
    for (let at = column; at < sum.length; at += width) sum[at] = coefficients[column]![0]! * vectors[0][at]!;
  });
  const degree = Math.max(...coefficients.map(({ length }) => length)) - 1;
  chebyshevRecurrence(recurrence, { exitRates, slowest: 0, fastest: radius }, degree, (n) =>
    coefficients.forEach((each, column) => (weights[column] = each[n] ?? 0)),
  );
  weights.fill(0);
  return columnsOf(sum, width, tasks.length);
}

/** About the degree that p exp(α R) takes. */
export function chebyshevDegree(rate: number, radius: number): number {
  return Math.sqrt(rate * radius * Math.log(1 / ERROR));
}
