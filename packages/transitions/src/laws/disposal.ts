import { NONE } from './deviation.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/**
 * `dispose` can be called twice. For transitions that the kit has made itself: one of somebody else may be wanted afterwards. Whether it frees
 * what is cached cannot be seen from outside: a view of another transition has nothing of its own to free.
 */
export const disposal: TransitionLaw = {
  name: 'dispose can be called twice',
  appliesTo: always,
  once: true,
  deviation: ({ transition }) => {
    transition.dispose();
    transition.dispose();
    return NONE;
  },
};
