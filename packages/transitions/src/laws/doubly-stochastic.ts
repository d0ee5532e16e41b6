import { deviationOf, worstOf } from './deviation.ts';
import { columnOf, positionsIn } from './law-case.ts';
import { hasTables, type TransitionLaw } from './transition-law.ts';

/** A chain that keeps the uniform law is doubly stochastic: columns sum to 1 as well. */
export const doublyStochastic: TransitionLaw = {
  name: 'columns sum to 1 where π is uniform',
  appliesTo: (transition) => hasTables(transition) && isUniform(transition.stationary),
  deviation: ({ transition, s, t }) =>
    worstOf(
      positionsIn(transition).map((n) => {
        const matrix = transition.toDense(s, t, n);
        const sums = Float64Array.from({ length: transition.numStates }, (_, j) =>
          columnOf(matrix, transition.numStates, j).reduce((sum, prob) => sum + prob, 0),
        );
        return deviationOf(
          'column sums of toDense',
          sums,
          sums.map(() => 1),
          { rtol: 0, atol: 1e-9 },
        );
      }),
    ),
};

/** Whether all entries agree. */
function isUniform(law: Float64Array | undefined): boolean {
  return law !== undefined && law.every((prob) => Math.abs(prob - law[0]!) < 1e-12);
}
