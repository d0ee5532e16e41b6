import { deviationOf, worstOf, type DeviationTolerance } from './deviation.ts';
import { rowOf } from './law-case.ts';
import { hasTables, type TransitionLaw } from './transition-law.ts';

/** A series or a few modes of a large generator are right to 1e-13 of a distribution, not of each entry. */
const ACTION_TOLERANCE: DeviationTolerance = { rtol: 1e-9, atol: 1e-11 };
/** Sums of the same β in another order. */
const RATE_TOLERANCE: DeviationTolerance = { rtol: 1e-12, atol: 1e-300 };

/** `exponential` is a semigroup, its rates add up, and its rows are those of Q(s→t). */
export const generator: TransitionLaw = {
  name: 'exponential is exp(α R)',
  appliesTo: ({ exponential }) => exponential !== undefined,
  deviation: ({ transition, r, s, t, logProbs, states }) => {
    const { numStates: K } = transition;
    const { rate, push } = transition.exponential!;
    const probs = Float64Array.from(logProbs, Math.exp);
    const [first, second, both] = [rate(r, s), rate(s, t), rate(r, t)];
    const table = hasTables(transition) ? transition.toDense(s, t) : undefined;
    const rows =
      table &&
      states.map((state) =>
        deviationOf(`row ${state} of exp(${second} R)`, push(pointMass(state, K), second), rowOf(table, K, state), ACTION_TOLERANCE),
      );
    return worstOf([
      deviationOf('rate(r, s) + rate(s, t)', [first + second], [both], RATE_TOLERANCE),
      deviationOf('push twice', push(push(probs, first), second), push(probs, both), ACTION_TOLERANCE),
      deviationOf('push by the rate 0', push(probs, 0), probs, ACTION_TOLERANCE),
      ...(rows ?? []),
    ]);
  },
};

function pointMass(state: number, numStates: number): Float64Array {
  const mass = new Float64Array(numStates);
  mass[state] = 1;
  return mass;
}
