import { logMatrixProduct } from '../log-product.ts';
import { deviationOf, LOG_TOLERANCE, worstOf, type Deviation } from './deviation.ts';
import { entriesAt, mappedStates, positionCount } from './law-case.ts';
import { hasTables, type TransitionLaw } from './transition-law.ts';

/** Steps of the log-domain product that is compared. */
const UNDERFLOW_STEPS = 3;

/** What no float64 can hold is not impossible: log Q̄_t is the product of logarithms of its steps. */
export const underflow: TransitionLaw = {
  name: 'what underflows is not impossible',
  appliesTo: hasTables,
  once: true,
  deviation: ({ transition }) => {
    const { numStates: K, numSteps } = transition;
    const every = [...Array(K).keys()];
    const tableOf = (s: number, t: number, n: number): Float64Array => {
      const entries = mappedStates(transition, 'pushStates', every, s, t);
      return Float64Array.from(every.flatMap((state) => [...entriesAt(entries, transition, state, n)]));
    };
    // Positions of one transition underflow alike: the first and the last stand for all.
    const positions = [...new Set([0, positionCount(transition) - 1])];
    return worstOf(
      positions.flatMap((n) => {
        const deviations: Deviation[] = [];
        let product = tableOf(0, 1, n);
        for (let t = 2; t <= Math.min(UNDERFLOW_STEPS, numSteps); t++) {
          product = logMatrixProduct(product, tableOf(t - 1, t, n), { rows: K, numStates: K });
          deviations.push(deviationOf(`log Q(0→${t})`, tableOf(0, t, n), product, LOG_TOLERANCE));
        }
        return deviations;
      }),
    );
  },
};
