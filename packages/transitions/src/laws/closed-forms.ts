import { deviationOf, LOG_TOLERANCE, PROB_TOLERANCE, verdict, worstOf } from './deviation.ts';
import { mappedStates, positionsIn } from './law-case.ts';
import { hasTables, type TransitionLaw } from './transition-law.ts';

/** `rankOne` and `absorbing` are the matrix that they claim to be, whatever K. */
export const closedForms: TransitionLaw = {
  name: 'rankOne and absorbing are what toDense and pushStates are',
  appliesTo: ({ rankOne, absorbing }) => rankOne !== undefined || absorbing !== undefined,
  deviation: ({ transition, s, t, states }) => {
    const { rankOne: form, absorbing: mask, numStates: K } = transition;
    if (!form) return verdict(false, 'absorbing is declared without rankOne');
    const [keep, refresh] = [form.keep(s, t), form.refresh(s, t)];
    const rows = (from: readonly number[]): number[] =>
      from.flatMap((state) => Array.from({ length: K }, (_, j) => refresh * form.target[j]! + (j === state ? keep : 0)));
    return worstOf([
      deviationOf(
        'logarithm of keep · I + refresh · 1πᵀ',
        mappedStates(transition, 'pushStates', states, s, t),
        rows(states.flatMap((state) => positionsIn(transition).map(() => state))).map(Math.log),
        LOG_TOLERANCE,
      ),
      ...(hasTables(transition)
        ? [deviationOf('keep · I + refresh · 1πᵀ', transition.toDense(s, t), rows([...Array(K).keys()]), PROB_TOLERANCE)]
        : []),
      deviationOf('keep + refresh', [keep + refresh], [1], PROB_TOLERANCE),
      verdict(
        !mask || form.target.every((prob, k) => prob === (k === mask.maskState ? 1 : 0)),
        `target is not the point mass on maskState ${mask?.maskState}`,
      ),
    ]);
  },
};
