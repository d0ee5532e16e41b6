import { deviationOf, PROB_TOLERANCE, verdict, worstOf } from './deviation.ts';
import { hasTables, type TransitionLaw } from './transition-law.ts';

/** `rankOne` and `absorbing` are the matrix that they claim to be. */
export const closedForms: TransitionLaw = {
  name: 'rankOne and absorbing are what toDense is',
  appliesTo: (transition) => hasTables(transition) && (transition.rankOne !== undefined || transition.absorbing !== undefined),
  deviation: ({ transition, s, t }) => {
    const { rankOne: form, absorbing: mask, numStates: K } = transition;
    if (!form) return verdict(false, 'absorbing is declared without rankOne');
    const expected = Float64Array.from(
      { length: K * K },
      (_, i) => form.refresh(s, t) * form.target[i % K]! + (i % (K + 1) === 0 ? form.keep(s, t) : 0),
    );
    return worstOf([
      deviationOf('keep · I + refresh · 1πᵀ', transition.toDense(s, t), expected, PROB_TOLERANCE),
      deviationOf('keep + refresh', [form.keep(s, t) + form.refresh(s, t)], [1], PROB_TOLERANCE),
      verdict(
        !mask || form.target.every((prob, k) => prob === (k === mask.maskState ? 1 : 0)),
        `target is not the point mass on maskState ${mask?.maskState}`,
      ),
    ]);
  },
};
