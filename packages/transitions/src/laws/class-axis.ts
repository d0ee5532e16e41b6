import { isD3pmError } from '@d3pm/core';
import { zeros } from '@tensorflow/tfjs-core';
import { verdict, worstOf } from './deviation.ts';
import { positionCount, read } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** Rows of another length than K throw `SHAPE`. */
export const classAxis: TransitionLaw = {
  name: 'rows of other than K classes are refused',
  appliesTo: always,
  once: true,
  deviation: ({ transition, s, t }) => {
    const { numStates: K } = transition;
    return worstOf(
      (['push', 'pull'] as const).flatMap((map) =>
        [K + 1, 1]
          .filter((size) => size !== K)
          .map((size) => {
            const shape = [2, positionCount(transition), size];
            let outcome = 'no error';
            try {
              read(() => transition[map](zeros(shape), s, t));
            } catch (error) {
              outcome = isD3pmError(error) ? error.code : String(error);
            }
            return verdict(outcome === 'SHAPE', `${map} of the shape [${shape.join(', ')}] gives ${outcome}, expected SHAPE`);
          }),
      ),
    );
  },
};
