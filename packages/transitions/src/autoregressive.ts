import { assertInteger, assertOptionNames, D3pmError, type TransitionPlugin } from '@d3pm/core';
import { absorbingBlocks } from './block-absorbing.ts';
import { defineTransition } from './define-transition.ts';

export interface AutoregressiveOptions {
  /** N, the length of every sequence, and T. */
  readonly positions: number;
  /** m, which no data shows. @defaultValue K − 1 */
  readonly maskState?: number;
}

/**
 * The autoregressive process of Section 4 of Austin et al. (2021), which masks one position a step, from the last to the first:
 *
 *     [x_t]_i = [x_0]_i  if i < N − t,  else m,   i ∈ 0…N−1, T = N
 *
 * It is deterministic, so that the posterior is a point mass and every KL is 0, but at position N − t, where it is
 * −log f: the cross-entropy of one token given those before it, when f looks at nothing else.
 *
 * The schedule is that of one position, and has nothing to choose: one step with β = 1, `inverseRemaining({ numSteps: 1 })`.
 * It is `block-absorbing` with blocks of one position; there, positions may also be masked after a random time.
 */
export const autoregressive: TransitionPlugin<'autoregressive', AutoregressiveOptions, 'jump-probability'> =
  /* @__PURE__ */ defineTransition({
    name: 'autoregressive',
    unit: 'jump-probability',
    parse: (options): AutoregressiveOptions => {
      const { positions, maskState } = assertOptionNames('autoregressive', options, ['positions', 'maskState']);
      assertInteger('autoregressive', 'positions', positions, 1);
      if (maskState !== undefined) assertInteger('autoregressive', 'maskState', maskState, 0);
      return { positions, ...(maskState !== undefined && { maskState }) };
    },
    create: ({ numStates, schedule }, options) => {
      if (schedule.numSteps !== 1 || schedule.noise[0] !== 1) {
        throw new D3pmError(
          'INVALID_SCHEDULE',
          `autoregressive: the schedule of one position has ${schedule.numSteps} steps from β = ${schedule.noise[0]}, expected one step with β = 1, inverseRemaining({ numSteps: 1 }); T is the number of positions. For positions that take several steps use block-absorbing with blockSize 1`,
        );
      }
      return absorbingBlocks({ name: 'autoregressive', numStates, schedule, blockSize: 1, ...options });
    },
  });
