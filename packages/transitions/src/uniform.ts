import { assertOptionNames, type NoOptions, type TransitionPlugin } from '@d3pm/core';
import { defineTransition } from './define-transition.ts';
import { rankOneMixing } from './rank-one-mixing.ts';

export type UniformOptions = NoOptions;

/**
 * Uniform noise, Appendix A.2.1 of Austin et al. (2021) and Hoogeboom et al. (2021):
 *
 *     Q_t = (1 − β_t) I + (β_t / K) 1 1ᵀ
 *
 * β_t is the probability of drawing anew, so a state stays with 1 − β_t + β_t/K. Doubly stochastic,
 * π uniform, O(K) a row.
 */
export const uniform: TransitionPlugin<'uniform', UniformOptions, 'jump-probability'> = /* @__PURE__ */ defineTransition({
  name: 'uniform',
  unit: 'jump-probability',
  parse: (options): UniformOptions => assertOptionNames('uniform', options, []),
  create: ({ numStates, schedule }) =>
    rankOneMixing({ name: 'uniform', schedule, target: new Float64Array(numStates).fill(1 / numStates) }),
});
