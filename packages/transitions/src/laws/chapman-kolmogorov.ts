import { tensor } from '@tensorflow/tfjs-core';
import { matrixProduct } from '../matrix-product.ts';
import { deviationOf, LOG_TOLERANCE, PROB_TOLERANCE, worstOf } from './deviation.ts';
import { mapped, positionCount, positionsIn, read } from './law-case.ts';
import { always, FLOAT64_SAFE, hasTables, type TransitionLaw } from './transition-law.ts';

/** Two stretches of the chain make one: Q(r→s) Q(s→t) = Q(r→t). */
export const chapmanKolmogorov: TransitionLaw = {
  name: 'Q(r→s) Q(s→t) = Q(r→t) (Chapman–Kolmogorov)',
  appliesTo: always,
  deviation: ({ transition, r, s, t, logProbs }) => {
    const { numStates: K } = transition;
    const half = mapped(transition, 'push', [logProbs], r, s);
    const composed = read(() => transition.push(tensor(half, [1, positionCount(transition), K]), s, t));
    const maps = deviationOf('push twice', composed, mapped(transition, 'push', [logProbs], r, t), LOG_TOLERANCE);
    if (!hasTables(transition)) return maps;
    const tables = positionsIn(transition).map((n) => {
      const whole = transition.toDense(r, t, n);
      const product = matrixProduct(transition.toDense(r, s, n), transition.toDense(s, t, n), { rows: K, inner: K, columns: K });
      return deviationOf(
        'toDense',
        product.map((prob, i) => (whole[i]! > FLOAT64_SAFE ? prob : 0)),
        whole.map((prob) => (prob > FLOAT64_SAFE ? prob : 0)),
        PROB_TOLERANCE,
      );
    });
    return worstOf([maps, ...tables]);
  },
};
