/** How far something is from what a law says. */
export interface Deviation {
  /** In tolerances: the law holds up to 1. */
  readonly worst: number;
  /** Where, and what came. */
  readonly detail: string;
}

export interface DeviationTolerance {
  readonly rtol: number;
  readonly atol: number;
}

export const NONE: Deviation = { worst: 0, detail: 'holds' };

/** float32 logarithms: relative in the logarithm, 1e-5 of the probability. */
export const LOG_TOLERANCE: DeviationTolerance = { rtol: 2e-6, atol: 1e-5 };
/** float64 probabilities, small ones too. */
export const PROB_TOLERANCE: DeviationTolerance = { rtol: 1e-9, atol: 1e-15 };

/** The entry that is farthest off; ±∞ equals only itself, and NaN nothing. */
export function deviationOf(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol, atol }: DeviationTolerance,
): Deviation {
  if (actual.length !== expected.length)
    return { worst: Infinity, detail: `${what}: ${actual.length} numbers, expected ${expected.length}` };
  let worst = 0;
  let at = 0;
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    if (a === e) continue;
    const ratio = Math.abs(a - e) / (atol + rtol * Math.abs(e));
    if (ratio <= worst) continue;
    [worst, at] = [Number.isNaN(ratio) ? Infinity : ratio, i];
    if (worst === Infinity) break;
  }
  return worst === 0 ? NONE : { worst, detail: `${what}: entry ${at} is ${actual[at]}, expected ${expected[at]}` };
}

/** The worst of several. */
export function worstOf(deviations: Iterable<Deviation>): Deviation {
  let worst = NONE;
  for (const deviation of deviations) if (!(deviation.worst <= worst.worst)) worst = deviation;
  return worst;
}

/** A yes or no as a deviation. */
export function verdict(holds: boolean, detail: string): Deviation {
  return holds ? NONE : { worst: Infinity, detail };
}
