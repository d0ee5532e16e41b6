import { predictionLogProbs } from '@d3pm/core';
import { tensor } from '@tensorflow/tfjs-core';
import { verdict, worstOf } from './deviation.ts';
import { read } from './law-case.ts';
import type { TransitionLaw } from './transition-law.ts';

/** `extraMask` is one of the states, and a prediction of x_0 gives it no mass. */
export const extraMask: TransitionLaw = {
  name: 'x_0 is never the extra mask',
  appliesTo: (transition) => transition.extraMask !== undefined,
  once: true,
  deviation: ({ transition, logProbs }) => {
    const { extraMask: mask, numStates: K } = transition;
    if (!Number.isInteger(mask) || mask! < 0 || mask! >= K) return verdict(false, `extraMask is ${mask}, expected 0…${K - 1}`);
    const predicted = read(() => predictionLogProbs(transition, tensor([...logProbs], [1, 1, K])));
    return worstOf([
      verdict(predicted[mask!] === -Infinity, `a prediction gives the mask log-probability ${predicted[mask!]}`),
      verdict(predicted.filter((log) => log > -Infinity).length === K - 1, 'a prediction excludes more than the mask'),
    ]);
  },
};
