import type { Tensor } from '@tensorflow/tfjs-core';

/** |actual − expected| ≤ atol + rtol · |expected|, entry by entry. */
export interface Tolerance {
  /** @defaultValue 1e-5 */
  readonly rtol?: number;
  /** @defaultValue 1e-6 */
  readonly atol?: number;
}

/**
 * Throws unless all numbers agree. ±∞ equals itself only and NaN equals nothing; the message names
 * the worst entry.
 */
export function expectAllClose(
  actual: Tensor | ArrayLike<number>,
  expected: Tensor | ArrayLike<number>,
  { rtol = 1e-5, atol = 1e-6 }: Tolerance = {},
): void {
  const [a, b] = [numbers(actual), numbers(expected)];
  if (a.length !== b.length) throw new Error(`expectAllClose: ${a.length} numbers, expected ${b.length}`);
  let worst = -1;
  let worstRatio = 1;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x === y) continue;
    const ratio = Math.abs(x - y) / (atol + rtol * Math.abs(y));
    if (!Number.isFinite(x) || !Number.isFinite(y) || ratio > worstRatio) {
      worst = i;
      worstRatio = Number.isNaN(ratio) ? Infinity : ratio;
      if (worstRatio === Infinity) break;
    }
  }
  if (worst >= 0) {
    throw new Error(
      `expectAllClose: entry ${worst} of ${a.length} is ${a[worst]}, expected ${b[worst]} (rtol ${rtol}, atol ${atol}, off by ${worstRatio.toPrecision(3)} tolerances)`,
    );
  }
}

function numbers(values: Tensor | ArrayLike<number>): ArrayLike<number> {
  return 'dataSync' in values ? values.dataSync() : values;
}
