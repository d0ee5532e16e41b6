import { logNormalize } from './log-normalize.ts';
import type { ReverseProcess } from './reverse-process.ts';

/**
 * The network's logits are those of x_{t−1} itself, the first possibility of Section 3.3. There is no f, hence no cross-entropy term,
 * no k-step form, and nothing that keeps the support of Q_t.
 */
export function direct(): ReverseProcess<'direct'> {
  return {
    name: 'direct',
    prediction: 'direct',
    firstStep: 'direct',
    unmasksIndependently: false,
    logProbs: (_transition, { logits }) => logNormalize(logits),
  };
}
