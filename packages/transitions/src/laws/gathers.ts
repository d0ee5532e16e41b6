import { deviationOf, LOG_TOLERANCE, worstOf } from './deviation.ts';
import { mapped, mappedStates } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** `pushStates` and `pullStates` are the maps of point masses. */
export const gathers: TransitionLaw = {
  name: 'gathers are the maps of point masses',
  appliesTo: always,
  deviation: ({ transition, s, t, states }) => {
    const points = states.map((state) => Array.from({ length: transition.numStates }, (_, k) => (k === state ? 0 : -Infinity)));
    return worstOf([
      deviationOf(
        'pushStates',
        mappedStates(transition, 'pushStates', states, s, t),
        mapped(transition, 'push', points, s, t),
        LOG_TOLERANCE,
      ),
      deviationOf(
        'pullStates',
        mappedStates(transition, 'pullStates', states, s, t),
        mapped(transition, 'pull', points, s, t),
        LOG_TOLERANCE,
      ),
    ]);
  },
};
