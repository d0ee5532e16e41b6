import { deviationOf, LOG_TOLERANCE } from './deviation.ts';
import { mapped, positionsIn } from './law-case.ts';
import { type TransitionLaw } from './transition-law.ts';

/** `stationary` is kept: π Q(s→t) = π. */
export const stationarity: TransitionLaw = {
  name: 'π Q = π',
  appliesTo: ({ stationary }) => stationary !== undefined,
  deviation: ({ transition, s, t }) => {
    const law = [...transition.stationary!].map(Math.log);
    return deviationOf(
      'push(π)',
      mapped(transition, 'push', [law], s, t),
      positionsIn(transition).flatMap(() => law),
      LOG_TOLERANCE,
    );
  },
};
