import { NONE } from './deviation.ts';
import { mappedStates, positionsIn } from './law-case.ts';
import { always, hasTables, type TransitionLaw } from './transition-law.ts';

/** Each of the T steps can be made, where that is cheap: if one cannot, no other law can be tried. */
export const everyStep: TransitionLaw = {
  name: 'every step can be made',
  appliesTo: always,
  once: true,
  deviation: ({ transition, states }) => {
    const { numSteps: T } = transition;
    const steps = hasTables(transition) ? Array.from({ length: T }, (_, i) => i + 1) : [1, T];
    for (const t of steps) {
      if (hasTables(transition)) for (const n of positionsIn(transition)) transition.toDense(t - 1, t, n);
      else mappedStates(transition, 'pushStates', states, t - 1, t);
    }
    return NONE;
  },
};
