import { deviationOf, LOG_TOLERANCE } from './deviation.ts';
import { entriesAt, logSumExpOf, mapped, positionsIn } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** `pull` is the adjoint of `push`: ⟨p Q, l⟩ = ⟨p, l Qᵀ⟩. */
export const adjoint: TransitionLaw = {
  name: '⟨push p, l⟩ = ⟨p, pull l⟩',
  appliesTo: always,
  deviation: ({ transition, s, t, logProbs, logLikelihood }) => {
    const pushed = mapped(transition, 'push', [logProbs], s, t);
    const pulled = mapped(transition, 'pull', [logLikelihood], s, t);
    const inner = (row: Float32Array, other: readonly number[]): number => logSumExpOf(other.map((value, k) => value + row[k]!));
    const [left, right] = [
      positionsIn(transition).map((n) => inner(entriesAt(pushed, transition, 0, n), logLikelihood)),
      positionsIn(transition).map((n) => inner(entriesAt(pulled, transition, 0, n), logProbs)),
    ];
    return deviationOf('log ⟨push p, l⟩', left, right, LOG_TOLERANCE);
  },
};
