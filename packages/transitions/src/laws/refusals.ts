import { createRng, isD3pmError } from '@d3pm/core';
import { verdict, worstOf } from './deviation.ts';
import { mapped, mappedStates } from './law-case.ts';
import { always, hasTables, type TransitionLaw } from './transition-law.ts';

/** Steps outside 0 ≤ s ≤ t ≤ T throw `STEP_RANGE`. */
export const refusals: TransitionLaw = {
  name: 'steps outside 0 ≤ s ≤ t ≤ T are refused',
  appliesTo: always,
  once: true,
  deviation: ({ transition, logProbs, states }) => {
    const { numSteps } = transition;
    const refuses = (work: () => unknown): boolean => {
      try {
        work();
      } catch (error) {
        return isD3pmError(error) && error.code === 'STEP_RANGE';
      }
      return false;
    };
    return worstOf(
      [
        [0, numSteps + 1],
        [-1, 1],
        [1, 0],
      ].flatMap(([s, t]) => [
        verdict(
          refuses(() => mapped(transition, 'push', [logProbs], s!, t!)),
          `push(p, ${s}, ${t}) is not refused with STEP_RANGE`,
        ),
        verdict(
          refuses(() => mapped(transition, 'pull', [logProbs], s!, t!)),
          `pull(l, ${s}, ${t}) is not refused with STEP_RANGE`,
        ),
        verdict(
          refuses(() => mappedStates(transition, 'pushStates', states, s!, t!)),
          `pushStates(x, ${s}, ${t}) is not refused with STEP_RANGE`,
        ),
        verdict(
          refuses(() => mappedStates(transition, 'pullStates', states, s!, t!)),
          `pullStates(x, ${s}, ${t}) is not refused with STEP_RANGE`,
        ),
        verdict(!hasTables(transition) || refuses(() => transition.toDense(s!, t!)), `toDense(${s}, ${t}) is not refused with STEP_RANGE`),
        verdict(
          !transition.rowProbs || refuses(() => transition.rowProbs!(states[0]!, s!, t!)),
          `rowProbs(x, ${s}, ${t}) is not refused with STEP_RANGE`,
        ),
        verdict(
          !transition.draw || refuses(() => transition.draw!(states[0]!, s!, t!, createRng(0))),
          `draw(x, ${s}, ${t}) is not refused with STEP_RANGE`,
        ),
      ]),
    );
  },
};
