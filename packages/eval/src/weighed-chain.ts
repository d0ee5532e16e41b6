import { maskCountWeights, type MaskCountWeights, type Transition } from '@d3pm/core';

/** n of the T steps of a transition: it visits t_0 = 0, t_1, …, t_n = T. */
export interface Chain {
  readonly transition: Transition;
  readonly grid: Int32Array;
}

/** A chain that absorbs into an extra mask, with the weight w_n of n masked positions. */
export interface WeighedChain extends Chain {
  readonly all: MaskCountWeights;
  /** The part of the weights that the first step adds: L_0. */
  readonly first: MaskCountWeights;
}

export function weighedChain(chain: Chain, positions: number): WeighedChain {
  const { transition, grid } = chain;
  return {
    ...chain,
    all: maskCountWeights(onGrid(transition, grid), positions),
    first: maskCountWeights(onGrid(transition, grid.subarray(0, 2)), positions),
  };
}

/** The transition as its closed forms see it on a grid: step i stands for t_{i−1}→t_i. */
function onGrid(transition: Transition, grid: Int32Array): Transition {
  const { rankOne } = transition;
  if (!rankOne) return transition;
  return {
    ...transition,
    numSteps: grid.length - 1,
    rankOne: {
      target: rankOne.target,
      keep: (s, t) => rankOne.keep(grid[s]!, grid[t]!),
      refresh: (s, t) => rankOne.refresh(grid[s]!, grid[t]!),
    },
  };
}
