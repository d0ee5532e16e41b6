import { createRng } from '@d3pm/core';
import { verdict, worstOf, type Deviation } from './deviation.ts';
import { positionsIn, rowOf } from './law-case.ts';
import { hasTables, type TransitionLaw } from './transition-law.ts';

/** Draws from each row. */
const COUNT = 300;
/** log(2/p) of a false alarm at one entry: p = 10⁻¹². */
const LOG_ODDS = 28;

/** `draw` draws from the rows of toDense, and again the same of the same stream. */
export const draws: TransitionLaw = {
  name: 'draw draws from the rows of toDense',
  appliesTo: (transition) => hasTables(transition) && transition.draw !== undefined,
  deviation: ({ transition, s, t, states }) => {
    const { numStates: K } = transition;
    return worstOf(
      positionsIn(transition).flatMap((n) =>
        states.flatMap((state) => {
          const rng = createRng('draws').split(state, s, t, n);
          const drawn = Array.from({ length: COUNT }, (_, i) => transition.draw!(state, s, t, rng.split(i), n));
          const again = transition.draw!(state, s, t, rng.split(0), n);
          const row = rowOf(transition.toDense(s, t, n), K, state);
          return [
            verdict(again === drawn[0], `a draw from state ${state} is ${drawn[0]}, and ${again} of the same stream`),
            verdict(
              drawn.every((to) => Number.isInteger(to) && to >= 0 && to < K),
              `a draw from state ${state} is not one of 0…${K - 1}`,
            ),
            ...Array.from(row, (prob, to) => frequency(`from ${state} to ${to}`, drawn.filter((each) => each === to).length, prob)),
          ];
        }),
      ),
    );
  },
};

/** By Bernstein's inequality: |count − n p| ≤ L/3 + √(L²/9 + 2 L n p (1 − p)), but for one time in 10¹². */
function frequency(what: string, count: number, prob: number): Deviation {
  if (prob === 0) return verdict(count === 0, `${count} of ${COUNT} draws ${what} are impossible`);
  const spread = LOG_ODDS / 3 + Math.sqrt(LOG_ODDS ** 2 / 9 + 2 * LOG_ODDS * COUNT * Math.max(0, prob * (1 - prob)));
  return { worst: Math.abs(count - COUNT * prob) / spread, detail: `${count} of ${COUNT} draws ${what}, expected ${COUNT * prob}` };
}
