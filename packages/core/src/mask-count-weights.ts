import { absorbingStepWeight, absorbingSurvival } from './absorbing-step-weight.ts';
import { assertInteger } from './assert.ts';
import type { Transition } from './transition.ts';

/** w_n of the exact-count form of the bound, and the law of t given n. */
export interface MaskCountWeights {
  /** L, positions. */
  readonly positions: number;
  /** w_n, float64 `[L + 1]`, index n; w_0 = 0. */
  readonly weights: Float64Array;
  /** A draw of t ∝ r_t · Binom(n; L, 1 − ᾱ_t), for a network that is told the time. */
  stepGivenCount(count: number, uniform: number): number;
}

/**
 * The bound of an absorbing process as a sum over the number n of masked positions:
 *
 *     L_vb − L_T = E Σ_{n=1}^{L} w_n · E_{S, |S| = n} Σ_{i∈S} −log f(x_0,i | x_0 off S)
 *     w_n = Σ_t r(t−1, t) · Binom(n; L, 1 − ᾱ_t)
 *
 * Exact for a network that does not read t; one that does takes t from {@link MaskCountWeights.stepGivenCount}.
 * Tends to 1/n as T → ∞. Holds for an extra mask only. The reweighted masked language model of Section 4 and A.3.
 *
 * @throws {D3pmError} `UNSOUND` for any other transition.
 */
export function maskCountWeights(transition: Transition, positions: number): MaskCountWeights {
  assertInteger('maskCountWeights', 'positions', positions, 1);
  const { keep, refresh } = absorbingSurvival('maskCountWeights', transition);
  const { numSteps } = transition;
  const logChoose = logBinomials(positions);
  const term = (count: number, t: number): number => {
    const [clean, masked] = [keep(0, t), refresh(0, t)];
    const log = logChoose[count]! + count * Math.log(masked) + (count === positions ? 0 : (positions - count) * Math.log(clean));
    return absorbingStepWeight(transition, t - 1, t) * Math.exp(log);
  };
  const weights = new Float64Array(positions + 1);
  for (let count = 1; count <= positions; count++) {
    for (let t = 1; t <= numSteps; t++) weights[count]! += term(count, t);
  }
  return {
    positions,
    weights,
    stepGivenCount: (count, uniform) => {
      let remaining = uniform * weights[count]!;
      for (let t = 1; t < numSteps; t++) {
        remaining -= term(count, t);
        if (remaining < 0) return t;
      }
      return numSteps;
    },
  };
}

/** log C(n, k) for k = 0…n. */
function logBinomials(n: number): Float64Array {
  const logFactorial = new Float64Array(n + 1);
  for (let k = 1; k <= n; k++) logFactorial[k] = logFactorial[k - 1]! + Math.log(k);
  return logFactorial.map((value, k) => logFactorial[n]! - value - logFactorial[n - k]!);
}
