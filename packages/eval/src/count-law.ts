/** From which n is drawn, and how often. */
export interface CountLaw {
  /** p_n, float64 `[L + 1]`. */
  readonly probs: Float64Array;
  /** The n at which the cumulative law passes u ∈ [0, 1). */
  countAt(uniform: number): number;
}

/**
 * A law of the number n of masked positions for importance draws: p_n ∝ w_n · n, averaged over
 * chains. The sum over n masked positions grows about like n, so w_n · (its sum) / p_n varies
 * little; and p_n > 0 wherever a chain weighs n. Where none weighs any, as without noise, it is n = 1, of weight 0.
 *
 * @param weights w_n of each chain, float64 `[L + 1]`.
 */
export function countLaw(weights: readonly Float64Array[]): CountLaw {
  const probs = new Float64Array(weights[0]!.length);
  const totals = weights.map((chain) => chain.reduce((sum, weight, n) => sum + weight * n, 0));
  const numChains = totals.filter((total) => total > 0).length;
  if (numChains === 0) probs[1] = 1;
  weights.forEach((chain, i) => {
    const total = totals[i]!;
    if (total > 0) chain.forEach((weight, n) => (probs[n]! += (weight * n) / total / numChains));
  });
  const last = probs.findLastIndex((prob) => prob > 0);
  return {
    probs,
    countAt: (uniform) => {
      let remaining = uniform;
      for (let n = 1; n < last; n++) {
        remaining -= probs[n]!;
        if (remaining < 0) return n;
      }
      return last;
    },
  };
}
