import { deviationOf, LOG_TOLERANCE, worstOf } from './deviation.ts';
import { mapped, mappedStates } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** Examples of one batch with steps of their own are the same as each alone. */
export const stepsPerExample: TransitionLaw = {
  name: 'examples with steps of their own are the same alone',
  appliesTo: always,
  deviation: ({ transition, r, s, t, logProbs, logLikelihood, states }) => {
    // The order of groups is no involution, so that going there and back cannot be confused.
    const [from, to] = [Int32Array.of(r, s, t, r), Int32Array.of(s, t, t, s)];
    const rows = [logProbs, logLikelihood, logLikelihood, logProbs];
    const xs = rows.map((_, b) => states[b % states.length]!);
    const alone = (one: (b: number, u: number, v: number) => Float32Array): number[] =>
      Array.from(from, (u, b) => [...one(b, u, to[b]!)]).flat();
    return worstOf([
      ...(['push', 'pull'] as const).map((map) =>
        deviationOf(
          map,
          mapped(transition, map, rows, from, to),
          alone((b, u, v) => mapped(transition, map, [rows[b]!], u, v)),
          LOG_TOLERANCE,
        ),
      ),
      ...(['pushStates', 'pullStates'] as const).map((map) =>
        deviationOf(
          map,
          mappedStates(transition, map, xs, from, to),
          alone((b, u, v) => mappedStates(transition, map, [xs[b]!], u, v)),
          LOG_TOLERANCE,
        ),
      ),
    ]);
  },
};
