import { verdict, worstOf } from './deviation.ts';
import { mapped, positionCount } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** A row without a possible state is mapped to one, and never to NaN, also beside rows that have some. */
export const impossibleRows: TransitionLaw = {
  name: 'a row of −∞ is mapped to −∞',
  appliesTo: always,
  deviation: ({ transition, s, t, logProbs }) => {
    const { numStates: K } = transition;
    const impossible = new Array<number>(K).fill(-Infinity);
    return worstOf(
      (['push', 'pull'] as const).flatMap((map) =>
        [[impossible], [logProbs, impossible]].map((rows) => {
          const last = mapped(transition, map, rows, s, t).subarray(-positionCount(transition) * K);
          const wrong = last.findIndex((log) => log !== -Infinity);
          return verdict(wrong < 0, `${map} of row ${rows.length - 1}, all −∞: entry ${wrong} is ${last[wrong]}, expected −∞`);
        }),
      ),
    );
  },
};
