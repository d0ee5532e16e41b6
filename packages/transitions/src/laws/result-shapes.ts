import { dispose, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { verdict, worstOf, type Deviation } from './deviation.ts';
import { positionCount, statesTensor } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** What every map returns, before any number of it is looked at. */
export const resultShapes: TransitionLaw = {
  name: 'maps return float32 of the shape [B, …N, K]',
  appliesTo: always,
  once: true,
  deviation: ({ transition, s, t, logProbs, states }) => {
    const { numStates: K } = transition;
    const count = positionCount(transition);
    const rows = tensor(
      states.flatMap(() => Array.from({ length: count }, () => [...logProbs]).flat()),
      [states.length, count, K],
    );
    const xs = statesTensor(states, count);
    const expected = `float32 [${states.length}, ${count}, ${K}]`;
    const returned = (name: string, work: () => Tensor): Deviation => {
      const result = work();
      const got = `${result.dtype} [${result.shape.join(', ')}]`;
      result.dispose();
      return verdict(got === expected, `${name} returns the shape ${got}, expected ${expected}`);
    };
    try {
      return worstOf([
        returned('push', () => transition.push(rows, s, t)),
        returned('pull', () => transition.pull(rows, s, t)),
        returned('pushStates', () => transition.pushStates(xs, s, t)),
        returned('pullStates', () => transition.pullStates(xs, s, t)),
      ]);
    } finally {
      dispose([rows, xs]);
    }
  },
};
