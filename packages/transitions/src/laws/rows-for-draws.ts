import { deviationOf, LOG_TOLERANCE, worstOf } from './deviation.ts';
import { positionsIn, rowOf } from './law-case.ts';
import { hasTables, type TransitionLaw } from './transition-law.ts';

/** What `sampleForward` draws from is a row of the same matrix. */
export const rowsForDraws: TransitionLaw = {
  name: 'rowProbs are the rows of toDense',
  appliesTo: (transition) => hasTables(transition) && transition.rowProbs !== undefined,
  deviation: ({ transition, s, t, states }) =>
    worstOf(
      positionsIn(transition).flatMap((n) =>
        states.map((state) => {
          const row = transition.rowProbs!(state, s, t, n);
          const expected = rowOf(transition.toDense(s, t, n), transition.numStates, state);
          return deviationOf(`log of row ${state} at position ${n}`, logsFrom(row), logsFrom(expected), LOG_TOLERANCE);
        }),
      ),
    ),
};

/** Smallest entry that is compared: below, a table that is kept in float32 holds denormals or 0. */
const FLOAT32_SAFE = 1e-37;

function logsFrom(row: ArrayLike<number>): number[] {
  return Array.from(row, (prob) => Math.log(Math.max(prob, FLOAT32_SAFE)));
}
