import { tensor } from '@tensorflow/tfjs-core';
import { mixture, plugIn } from '@d3pm/core';
import { deviationOf, LOG_TOLERANCE, NONE, verdict, worstOf } from './deviation.ts';
import { entriesAt, logSumExpOf, mappedStates, positionCount, positionsIn, read, statesTensor } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** p_θ(x_s | x_t) is possible only where Q(s→t) has the step to x_t, and is normalised there. */
export const reverseSupport: TransitionLaw = {
  name: 'reverse steps stay where Q can come from',
  appliesTo: always,
  deviation: ({ transition, s, t, logProbs, states }) => {
    if (s === t) return NONE;
    const { numStates: K } = transition;
    const count = positionCount(transition);
    const from = mappedStates(transition, 'pullStates', states, s, t);
    const reachable = mappedStates(transition, 'pullStates', states, 0, t);
    const logits = (): number[] => states.flatMap(() => positionsIn(transition).flatMap(() => [...logProbs]));
    return worstOf(
      [mixture(), plugIn()].flatMap((reverse) => {
        const reversed = read(() =>
          reverse.logProbs(transition, { logits: tensor(logits(), [states.length, count, K]), xt: statesTensor(states, count), s, t }),
        );
        const leaked = reversed.findIndex((log, i) => log > -Infinity && from[i] === -Infinity);
        const rows = states.flatMap((_, b) =>
          positionsIn(transition).map((n) => ({
            row: entriesAt(reversed, transition, b, n),
            source: entriesAt(reachable, transition, b, n),
          })),
        );
        // A state that no data with mass under f can become has no reverse step.
        const possible = rows.filter(({ source, row }) => source.some((log) => log > -Infinity) && row.some((log) => log > -Infinity));
        return [
          verdict(leaked < 0, `${reverse.name}: entry ${leaked} is possible, but Q(s→t) has no such step`),
          verdict(
            reversed.every((log) => !Number.isNaN(log)),
            `${reverse.name}: NaN`,
          ),
          deviationOf(
            `${reverse.name}: log of the mass`,
            possible.map(({ row }) => logSumExpOf(row)),
            possible.map(() => 0),
            LOG_TOLERANCE,
          ),
        ];
      }),
    );
  },
};
