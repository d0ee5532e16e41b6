import { deviationOf, LOG_TOLERANCE, worstOf } from './deviation.ts';
import { mapped, mappedStates, positionsIn } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** No step changes nothing: Q(t→t) = I, exactly where states are gathered. */
export const identity: TransitionLaw = {
  name: 'Q(t→t) = I',
  appliesTo: always,
  deviation: ({ transition, t, logProbs, logLikelihood, states }) => {
    const { numStates: K } = transition;
    const repeated = (row: readonly number[]): number[] => positionsIn(transition).flatMap(() => [...row]);
    const unit = states.flatMap((state) => repeated(Array.from({ length: K }, (_, k) => (k === state ? 0 : -Infinity))));
    return worstOf([
      deviationOf('push(p, t, t)', mapped(transition, 'push', [logProbs], t, t), repeated(logProbs), LOG_TOLERANCE),
      deviationOf('pull(l, t, t)', mapped(transition, 'pull', [logLikelihood], t, t), repeated(logLikelihood), LOG_TOLERANCE),
      deviationOf('pushStates(x, t, t)', mappedStates(transition, 'pushStates', states, t, t), unit, { rtol: 0, atol: 0 }),
      deviationOf('pullStates(x, t, t)', mappedStates(transition, 'pullStates', states, t, t), unit, { rtol: 0, atol: 0 }),
    ]);
  },
};
