/**
 * What one level of the tree does in the time α, as probabilities of a half of a block of 2^(i+1) leaves, whose halves
 * are left at rate l for a leaf of the other half, each alike. With r = α l:
 *
 *     never left        e^−r
 *     in the other half (1 − e^−2r) / 2
 *     left and returned (1 − e^−r)² / 2
 *
 * Every one is a product of positive numbers, so that none loses digits for small r.
 */
interface LevelStep {
  readonly logStay: number;
  readonly logLeave: number;
  readonly logReturn: number;
}

/** exp(α R) by the levels of the tree, as logarithms in float64. */
export interface LevelWeights {
  /** No level was left: what stays on the leaf. */
  readonly logStay: number;
  /** Entry i: what a leaf of a block of 2^i gives to each leaf of that same block, when i is the highest level that was left. */
  readonly logReturn: Float64Array;
  /** Entry i: the same for each leaf of the other half of its block of 2^(i+1). */
  readonly logLeave: Float64Array;
}

/**
 * The weights of exp(α R): level i acts only where no higher level has been left, for leaving it redraws all below.
 *
 * @param rates l_0 … l_{N−1}, the lowest level first.
 * @param alpha ≥ 0; ∞ is the limit.
 */
export function levelWeights(rates: readonly number[], alpha: number): LevelWeights {
  const logReturn = new Float64Array(rates.length);
  const logLeave = new Float64Array(rates.length);
  let logStayAbove = 0;
  for (let i = rates.length - 1; i >= 0; i--) {
    const rate = rates[i]!;
    const step = levelStep(rate === 0 ? 0 : rate * alpha);
    const logEach = logStayAbove - i * Math.LN2;
    logReturn[i] = logEach + step.logReturn;
    logLeave[i] = logEach + step.logLeave;
    logStayAbove += step.logStay;
  }
  return { logStay: logStayAbove, logReturn, logLeave };
}

function levelStep(r: number): LevelStep {
  return {
    logStay: -r,
    logLeave: Math.log(-Math.expm1(-2 * r)) - Math.LN2,
    logReturn: 2 * Math.log(-Math.expm1(-r)) - Math.LN2,
  };
}

/** Entry 0 is the diagonal of exp(α R), entry h + 1 its value where the highest bit in which two leaves differ is h. */
export function entriesByLevel({ logStay, logReturn, logLeave }: LevelWeights): Float64Array {
  const numLevels = logReturn.length;
  const entries = new Float64Array(numLevels + 1);
  let returned = 0;
  for (let h = numLevels - 1; h >= 0; h--) {
    entries[h + 1] = returned + Math.exp(logLeave[h]!);
    returned += Math.exp(logReturn[h]!);
  }
  entries[0] = returned + Math.exp(logStay);
  return entries;
}
