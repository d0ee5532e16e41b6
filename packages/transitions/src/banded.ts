import { assertInteger, assertOptionNames, type TransitionPlugin } from '@d3pm/core';
import { defineTransition } from './define-transition.ts';
import { dense } from './dense.ts';

export interface BandedOptions {
  /** How far a step jumps at most, 1…K−1. */
  readonly width: number;
}

/**
 * Band-diagonal noise for ordinal states, Eq. 10 in Appendix A.2.5 of the later version of Austin et al. (2021), v = width:
 *
 *     [Q_t]_ij = β_t / K                for 0 < |i − j| ≤ v
 *     [Q_t]_ij = 0                      for |i − j| > v
 *     [Q_t]_ii = 1 − Σ_{l≠i} [Q_t]_il
 *
 * At v = K − 1 this is `uniform`. A state has n_i ≤ K − 1 neighbours, so that the diagonal
 * 1 − n_i β_t / K is at least 1/K for every β_t ≤ 1; it is computed as (1 − β_t) + (K − n_i) β_t / K, without cancellation.
 * Symmetric, doubly stochastic, its own mirror image; π is uniform. Tables are K×K, see {@link dense}.
 *
 * A step moves a state by little: L_T says whether T steps are enough to forget x_0.
 */
export const banded: TransitionPlugin<'banded', BandedOptions, 'jump-probability'> = /* @__PURE__ */ defineTransition({
  name: 'banded',
  unit: 'jump-probability',
  parse: (options): BandedOptions => {
    const { width } = assertOptionNames('banded', options, ['width']);
    assertInteger('banded', 'width', width, 1);
    return { width };
  },
  create: ({ numStates, schedule }, { width }) => {
    assertInteger('banded', 'width', width, 1, numStates - 1);
    return dense({
      name: 'banded',
      numStates,
      numSteps: schedule.numSteps,
      step: (t) => band(numStates, width, schedule.noise[t - 1]!),
      stationary: new Float64Array(numStates).fill(1 / numStates),
      centrosymmetric: true,
    });
  },
});

function band(numStates: number, width: number, beta: number): Float64Array {
  const matrix = new Float64Array(numStates ** 2);
  for (let i = 0; i < numStates; i++) {
    const [first, last] = [Math.max(0, i - width), Math.min(numStates - 1, i + width)];
    matrix.fill(beta / numStates, i * numStates + first, i * numStates + last + 1);
    matrix[i * numStates + i] = 1 - beta + ((numStates - (last - first)) * beta) / numStates;
  }
  return matrix;
}
