import { tensor } from '@tensorflow/tfjs-core';
import { verdict } from './deviation.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/**
 * `dispose` can be called twice, and leaves the tensors of others alone. It comes last. Whether it frees what is cached cannot be seen from
 * outside: a view of another transition has nothing of its own to free.
 */
export const disposal: TransitionLaw = {
  name: 'dispose can be called twice',
  appliesTo: always,
  once: true,
  deviation: ({ transition, logProbs }) => {
    const ours = tensor([...logProbs]);
    try {
      transition.dispose();
      transition.dispose();
      return verdict(!ours.isDisposed, 'dispose frees a tensor that is not its own');
    } finally {
      ours.dispose();
    }
  },
};
