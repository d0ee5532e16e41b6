import type { BlockRecurrence } from './block-recurrence.ts';

/**
 * T_1(X) v … T_N(X) v of the vectors v in `vectors[0]`, where X maps the eigenvalues of R in [−fastest, −slowest] to [−1, 1]:
 *
 *     T_1 = X,   T_{n+1} = 2 X T_n − T_{n−1},   X = (R + (slowest + fastest)/2) · 2/(fastest − slowest)
 *
 * @param beforeStep Called before each n: where the weights of the sum are set.
 * @returns Which of the vectors is T_N(X) v.
 */
export function chebyshevRecurrence(
  { vectors, diagonal, advance }: BlockRecurrence,
  { exitRates, slowest, fastest }: { readonly exitRates: Float64Array; readonly slowest: number; readonly fastest: number },
  degree: number,
  beforeStep: (n: number) => void = () => {},
): 0 | 1 {
  const half = (fastest - slowest) / 2;
  let from: 0 | 1 = 0;
  vectors[1].fill(0);
  for (let n = 1; n <= degree; n++) {
    const factor = n === 1 ? 1 : 2;
    if (n <= 2) for (let i = 0; i < exitRates.length; i++) diagonal[i] = (factor * (half + slowest - exitRates[i]!)) / half;
    beforeStep(n);
    advance(from, factor / half, n === 1 ? 0 : -1);
    from = from === 0 ? 1 : 0;
  }
  return from;
}
