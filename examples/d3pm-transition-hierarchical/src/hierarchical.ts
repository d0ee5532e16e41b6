import { assertOptionNames, D3pmError, type TransitionPlugin } from '@d3pm/core';
import { defineTransition } from '@d3pm/transitions';
import { treeTransition } from './tree-transition.ts';

const NAME = 'examples/hierarchical';

export interface HierarchicalOptions {
  /** l_0 … l_{N−1} for K = 2^N states, the lowest level first: each ≥ 0, the last > 0. */
  readonly rates: readonly number[];
}

/**
 * Noise on the leaves of a binary tree, states numbered so that near leaves share their high bits. At rate l_i a state
 * flips bit i and redraws all bits below it, uniformly:
 *
 *     R_ab = l_h / 2^h,   h the highest bit in which a ≠ b;   Q(s→t) = exp(α R),   α = Σ_{s<u≤t} β_u
 *
 * R is symmetric and its rows sum to zero, so Q is doubly stochastic and π uniform. With l_0 ≫ l_1 ≫ … near states
 * mix long before far ones. Maps take O(K) a position and keep no table. β = 0 changes nothing, β = ∞ is π.
 *
 * The family is in the published code of Austin et al. (2021), not in the paper.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for rates that are no rates, a top rate of 0 (the halves would never mix), or a K
 * that is not 2^N.
 */
export const hierarchical: TransitionPlugin<typeof NAME, HierarchicalOptions, 'rate'> = /* @__PURE__ */ defineTransition({
  name: NAME,
  unit: 'rate',
  parse: (options): HierarchicalOptions => {
    const { rates } = assertOptionNames(NAME, options, ['rates']);
    if (!Array.isArray(rates) || rates.length === 0 || !rates.every((rate) => Number.isFinite(rate) && rate >= 0)) {
      throw new D3pmError('INVALID_OPTIONS', `${NAME}: rates are ${JSON.stringify(rates)}, expected a list of finite numbers ≥ 0`);
    }
    if (rates.at(-1) === 0) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        `${NAME}: the last rate is 0, expected one > 0; without it the two halves of the tree never mix`,
      );
    }
    return { rates: [...rates] };
  },
  create: ({ numStates, schedule }, { rates }) => {
    if (numStates !== 2 ** rates.length) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        `${NAME}: numStates is ${numStates}, expected ${2 ** rates.length}, which is 2 to the number of rates`,
      );
    }
    return treeTransition({ name: NAME, schedule, rates });
  },
});

declare module '@d3pm/transitions' {
  interface TransitionOptions {
    'examples/hierarchical': HierarchicalOptions;
  }
}
