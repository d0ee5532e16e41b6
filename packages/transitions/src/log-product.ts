/** A term this far below the largest changes a float64 sum of 2¹⁰ terms by less than its rounding. */
const NEGLIGIBLE = -44;

/**
 * `log (exp(a) exp(b))` in float64, row-major: `a` is rows×K, `b` K×K, and −∞ is impossible.
 *
 * For tables whose entries no float64 can hold (the Gaussian's go down to e^−40,000). The largest
 * term of each sum is found first; then only the terms near it are exponentiated, and of a narrow kernel
 * those are few.
 */
export function logMatrixProduct(
  a: Float64Array,
  b: Float64Array,
  { rows, numStates }: { readonly rows: number; readonly numStates: number },
): Float64Array {
  const product = new Float64Array(rows * numStates);
  const top = new Float64Array(numStates);
  const sum = new Float64Array(numStates);
  for (let i = 0; i < rows; i++) {
    top.fill(-Infinity);
    for (let k = 0; k < numStates; k++) {
      const left = a[i * numStates + k]!;
      if (left === -Infinity) continue;
      for (let j = 0, at = k * numStates; j < numStates; j++, at++) {
        const term = left + b[at]!;
        if (term > top[j]!) top[j] = term;
      }
    }
    sum.fill(0);
    for (let k = 0; k < numStates; k++) {
      const left = a[i * numStates + k]!;
      if (left === -Infinity) continue;
      for (let j = 0, at = k * numStates; j < numStates; j++, at++) {
        const below = left + b[at]! - top[j]!;
        if (below > NEGLIGIBLE) sum[j]! += Math.exp(below);
      }
    }
    for (let j = 0; j < numStates; j++) product[i * numStates + j] = top[j] === -Infinity ? -Infinity : top[j]! + Math.log(sum[j]!);
  }
  return product;
}
