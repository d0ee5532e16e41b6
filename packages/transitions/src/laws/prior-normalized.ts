import { logNormalize } from '@d3pm/core';
import { deviationOf, verdict, worstOf } from './deviation.ts';
import { positionCount, read } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** p(x_T) is one distribution, or one for each position. */
export const priorNormalized: TransitionLaw = {
  name: 'the prior is a distribution',
  appliesTo: always,
  once: true,
  deviation: ({ transition }) => {
    const { prior, numStates: K } = transition;
    const probs =
      prior.kind === 'fixed'
        ? prior.probs
        : Float64Array.from(
            read(() => logNormalize(prior.logits)),
            Math.exp,
          );
    const sums = Array.from({ length: Math.ceil(probs.length / K) }, (_, n) =>
      probs.subarray(n * K, (n + 1) * K).reduce((sum, prob) => sum + prob, 0),
    );
    return worstOf([
      verdict(
        probs.length === K || probs.length === K * positionCount(transition),
        `the prior has ${probs.length} entries, expected ${K} or one row a position`,
      ),
      verdict(
        probs.every((prob) => prob >= 0),
        'the prior has a negative entry or NaN',
      ),
      deviationOf(
        'sum of the prior',
        sums,
        sums.map(() => 1),
        { rtol: 0, atol: prior.kind === 'fixed' ? 1e-9 : 1e-5 },
      ),
    ]);
  },
};
