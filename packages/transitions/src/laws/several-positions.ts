import { tensor } from '@tensorflow/tfjs-core';
import { deviationOf, LOG_TOLERANCE, worstOf } from './deviation.ts';
import { entriesAt, mappedStates, read } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** Positions are independent: shapes `[B, N]` and `[B, H, W]` are the positions one by one. */
export const severalPositions: TransitionLaw = {
  name: 'positions do not mix',
  appliesTo: always,
  deviation: ({ transition, s, t, states }) => {
    const { positions, numStates: K } = transition;
    const count = positions ?? states.length;
    const row = Array.from({ length: count }, (_, n) => states[n % states.length]!);
    const shapes = [
      [1, count],
      [1, 1, count],
      ...(positions === undefined
        ? [
            [1, count, 1],
            [count, 1, 1],
          ]
        : []),
    ];
    return worstOf(
      (['pushStates', 'pullStates'] as const).flatMap((map) => {
        const each = mappedStates(transition, map, states, s, t);
        const alone = row.flatMap((_, n) => [...entriesAt(each, transition, n % states.length, positions === undefined ? 0 : n)]);
        const rows = read(() =>
          transition[map === 'pushStates' ? 'push' : 'pull'](
            tensor(
              row.flatMap((state) => Array.from({ length: K }, (_, k) => (k === state ? 0 : -Infinity))),
              [1, 1, count, K],
            ),
            s,
            t,
          ),
        );
        return [
          ...shapes.map((shape) =>
            deviationOf(
              `${map} of shape [${shape.join(', ')}]`,
              read(() => transition[map](tensor(row, shape, 'int32'), s, t)),
              alone,
              LOG_TOLERANCE,
            ),
          ),
          deviationOf(`${map.slice(0, 4)} of shape [1, 1, ${count}, ${K}]`, rows, alone, LOG_TOLERANCE),
        ];
      }),
    );
  },
};
