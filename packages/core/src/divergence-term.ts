/** 1/(n(n−1)), n = 2…26: the rest of the series is below 2⁻⁵³ of its sum for |x| ≤ ¼, and that after nine for |x| ≤ 2⁻⁶. */
const COEFFICIENTS: readonly number[] = Array.from({ length: 25 }, (_, i) => 1 / ((i + 2) * (i + 1)));

/**
 * q log(q/m) − q + m ≥ 0 for q = m + difference, both ≥ 0: the terms of KL(q ‖ m), with what cancels in the sum taken
 * out of each. Near q = m, where q log(q/m) is the difference of nearly equal numbers, it is
 * m Σ_{n≥2} (−x)ⁿ/(n(n−1)), x = difference/m. m at q = 0, and 0 at m = 0.
 */
export function divergenceTerm(q: number, m: number, difference: number): number {
  if (m === 0) return 0;
  if (q === 0) return m;
  const x = difference / m;
  if (Math.abs(x) > 0.25) return Math.max(0, q * Math.log(q / m) - difference);
  let sum = 0;
  for (let n = Math.abs(x) > 2 ** -6 ? COEFFICIENTS.length - 1 : 8; n >= 0; n--) sum = COEFFICIENTS[n]! - x * sum;
  return m * x * x * sum;
}
