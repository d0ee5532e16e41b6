import { deviationOf, LOG_TOLERANCE, worstOf } from './deviation.ts';
import { columnOf, entriesAt, logSumExpOf, mapped, positionsIn, rowOf } from './law-case.ts';
import { FLOAT64_SAFE, hasTables, type TransitionLaw } from './transition-law.ts';

/** The maps are the matrix that `toDense` shows. */
export const denseForm: TransitionLaw = {
  name: 'maps are the matrix of toDense',
  appliesTo: hasTables,
  deviation: ({ transition, s, t, logProbs, logLikelihood }) => {
    const { numStates: K } = transition;
    const [pushed, pulled] = [mapped(transition, 'push', [logProbs], s, t), mapped(transition, 'pull', [logLikelihood], s, t)];
    return worstOf(
      positionsIn(transition).map((n) => {
        const matrix = transition.toDense(s, t, n);
        const sums = (row: readonly number[], entries: (k: number) => Float64Array): number[] =>
          row.map((_, k) => logSumExpOf(entries(k).map((prob, i) => Math.log(prob) + row[i]!)));
        const [columns, rows] = [sums(logProbs, (j) => columnOf(matrix, K, j)), sums(logLikelihood, (i) => rowOf(matrix, K, i))];
        return worstOf([
          deviationOf(`push at position ${n}`, ...whereHeld(entriesAt(pushed, transition, 0, n), columns), LOG_TOLERANCE),
          deviationOf(`pull at position ${n}`, ...whereHeld(entriesAt(pulled, transition, 0, n), rows), LOG_TOLERANCE),
        ]);
      }),
    );
  },
};

/** Both, but 0 where the expected one may be an underflow of the float64 table; impossible stays compared through the law of underflow. */
function whereHeld(actual: ArrayLike<number>, expected: readonly number[]): [number[], number[]] {
  const held = expected.map((log) => log > Math.log(FLOAT64_SAFE) + 40);
  return [held.map((is, k) => (is ? actual[k]! : 0)), expected.map((log, k) => (held[k] ? log : 0))];
}
