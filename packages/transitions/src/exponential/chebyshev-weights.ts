/** How far beyond the weights that count the recurrence starts: what it starts with has then died out. */
const MARGIN = 30;

/**
 * The Chebyshev coefficients of exp(−z (1 − x)) on [−1, 1],
 *
 *     e^−z I_0(z), 2 e^−z I_1(z), 2 e^−z I_2(z), …
 *
 * up to where those left out sum to less than `error`, about √(2 z ln(1/error)) of them. All are positive and they sum to 1,
 * their value at x = 1, which scales the downward recurrence I_{n−1} = I_{n+1} + (2n/z) I_n (Miller's algorithm).
 */
export function chebyshevWeights(z: number, error: number): Float64Array {
  const start = MARGIN + Math.ceil(Math.sqrt(2 * (z + MARGIN) * Math.log(1 / error)) + Math.log(1 / error));
  const weights = new Float64Array(start + 1);
  let [later, current] = [0, 2 ** -900];
  let total = 0;
  for (let n = start; n > 0; n--) {
    weights[n] = 2 * current;
    total += 2 * current;
    [later, current] = [current, later + ((2 * n) / z) * current];
    if (current > 2 ** 900) {
      for (let m = n; m <= start; m++) weights[m]! *= 2 ** -900;
      [later, current, total] = [later * 2 ** -900, current * 2 ** -900, total * 2 ** -900];
    }
  }
  weights[0] = current;
  total += current;
  let count = start + 1;
  for (let tail = 0; count > 1; count--) {
    tail += weights[count - 1]! / total;
    if (tail > error) break;
  }
  return weights.slice(0, count).map((weight) => weight / total);
}
