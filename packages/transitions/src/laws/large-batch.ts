import { tensor } from '@tensorflow/tfjs-core';
import type { Steps } from '@d3pm/core';
import { deviationOf, LOG_TOLERANCE, worstOf } from './deviation.ts';
import { mapped, mappedStates, positionCount, read } from './law-case.ts';
import { always, hasTables, type TransitionLaw } from './transition-law.ts';

/** Examples of the batch: more than blocks that maps are likely to have, and no multiple of the rows that come in turn. */
const EXAMPLES = 35;
/** Where rows are long. */
const FEW_EXAMPLES = 11;
/** Different rows. */
const KINDS = 3;

/** A batch of many examples is its examples: with one step for all, and with three steps in turn. */
export const largeBatch: TransitionLaw = {
  name: 'examples of a large batch are the same alone',
  appliesTo: always,
  once: true,
  deviation: ({ transition, logProbs, logLikelihood, states }) => {
    const { numStates: K, numSteps: T } = transition;
    const numExamples = hasTables(transition) ? EXAMPLES : FEW_EXAMPLES;
    const count = positionCount(transition);
    const stretches = [
      [0, T],
      [T - 1, T],
      [0, 1],
    ] as const;
    const kinds = Array.from({ length: KINDS }, (_, kind) => kind);
    const rows = [logProbs, logLikelihood, logProbs.toReversed()];
    const few = kinds.map((kind) => states[kind % states.length]!);
    const values = Array.from({ length: numExamples }, (_, b) => few[b % KINDS]!);
    const entries = Array.from({ length: numExamples }, (_, b) => new Array<readonly number[]>(count).fill(rows[b % KINDS]!));
    // Kinds change with every example, and stretches with every third.
    const stretchOf = Array.from({ length: numExamples }, (_, b) => Math.floor(b / KINDS) % stretches.length);
    const own = ([0, 1] as const).map((end) => Int32Array.from(stretchOf, (stretch) => stretches[stretch]![end]));
    const batches: readonly { readonly text: string; readonly s: Steps; readonly t: Steps; readonly stretch: (b: number) => number }[] = [
      { text: 'one step', s: 0, t: T, stretch: () => 0 },
      { text: 'steps of their own', s: own[0]!, t: own[1]!, stretch: (b) => stretchOf[b]! },
    ];
    return worstOf(
      (['push', 'pull', 'pushStates', 'pullStates'] as const).flatMap((map) => {
        const isRows = map === 'push' || map === 'pull';
        const alone = stretches.map(([s, t]) => (isRows ? mapped(transition, map, rows, s, t) : mappedStates(transition, map, few, s, t)));
        return batches.map(({ text, s, t, stretch }) => {
          const together = isRows
            ? read(() => transition[map](tensor(Float32Array.from(entries.flat(2)), [numExamples, count, K]), s, t))
            : mappedStates(transition, map, values, s, t);
          const size = count * K;
          return worstOf(
            values.map((_, b) =>
              deviationOf(
                `example ${b} of ${numExamples} with ${text}, by ${map}`,
                together.subarray(b * size, (b + 1) * size),
                alone[stretch(b)]!.subarray((b % KINDS) * size, ((b % KINDS) + 1) * size),
                LOG_TOLERANCE,
              ),
            ),
          );
        });
      }),
    );
  },
};
