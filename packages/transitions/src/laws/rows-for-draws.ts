import { deviationOf, LOG_TOLERANCE, worstOf } from './deviation.ts';
import { entriesAt, mappedStates, positionsIn } from './law-case.ts';
import type { TransitionLaw } from './transition-law.ts';

/** What `sampleForward` draws from is a row of the same matrix, whatever K. */
export const rowsForDraws: TransitionLaw = {
  name: 'rowProbs are the rows of pushStates',
  appliesTo: (transition) => transition.rowProbs !== undefined,
  deviation: ({ transition, s, t, states }) => {
    const rows = mappedStates(transition, 'pushStates', states, s, t);
    return worstOf(
      positionsIn(transition).flatMap((n) =>
        states.map((state, b) => {
          const probs = Array.from(transition.rowProbs!(state, s, t, n), Math.log);
          return deviationOf(
            `log of row ${state} at position ${n}`,
            probs.map(held),
            Array.from(entriesAt(rows, transition, b, n), held),
            LOG_TOLERANCE,
          );
        }),
      ),
    );
  },
};

/** Logarithm of the smallest entry that is compared: below, a table that is kept in float32 holds denormals or 0. */
const FLOAT32_SAFE = Math.log(1e-37);

const held = (log: number): number => Math.max(log, FLOAT32_SAFE);
