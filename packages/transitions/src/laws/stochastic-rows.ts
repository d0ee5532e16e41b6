import { deviationOf, LOG_TOLERANCE, verdict, worstOf } from './deviation.ts';
import { entriesAt, logSumExpOf, mapped, positionsIn, rowOf } from './law-case.ts';
import { always, hasTables, type TransitionLaw } from './transition-law.ts';

/** Every row of Q(s→t) is a distribution, so that `push` keeps the mass. */
export const stochasticRows: TransitionLaw = {
  name: 'rows are distributions, and push keeps the mass',
  appliesTo: always,
  deviation: ({ transition, s, t, logProbs }) => {
    const { numStates: K } = transition;
    const pushed = mapped(transition, 'push', [logProbs], s, t);
    const masses = positionsIn(transition).map((n) => logSumExpOf(entriesAt(pushed, transition, 0, n)));
    const mass = deviationOf(
      'log of the mass after push',
      masses,
      masses.map(() => logSumExpOf(logProbs)),
      LOG_TOLERANCE,
    );
    if (!hasTables(transition)) return mass;
    const rows = positionsIn(transition).map((n) => {
      const matrix = transition.toDense(s, t, n);
      const sums = Float64Array.from({ length: K }, (_, i) => rowOf(matrix, K, i).reduce((sum, prob) => sum + prob, 0));
      return worstOf([
        deviationOf(
          'row sums of toDense',
          sums,
          sums.map(() => 1),
          { rtol: 0, atol: 1e-9 },
        ),
        verdict(
          matrix.every((prob) => prob >= 0),
          'toDense has a negative entry or NaN',
        ),
      ]);
    });
    return worstOf([mass, ...rows]);
  },
};
