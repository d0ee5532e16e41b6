import type { Steps } from '@d3pm/core';
import { tensor } from '@tensorflow/tfjs-core';
import { deviationOf, LOG_TOLERANCE, NONE, worstOf } from './deviation.ts';
import { read, type LawCase } from './law-case.ts';
import { always, type TransitionLaw } from './transition-law.ts';

/** Positions of an example, where the family leaves them open. */
const POSITIONS = 2;

/**
 * Examples of one batch with steps of their own are the same as each alone: with several positions on one axis or on two, and
 * where only s or only t is each example's own.
 */
export const stepsPerExample: TransitionLaw = {
  name: 'examples with steps of their own are the same alone',
  appliesTo: always,
  deviation: (lawCase) => {
    const { r, s, t } = lawCase;
    const { positions = POSITIONS, numSteps } = lawCase.transition;
    // Three steps that differ tell more, and where there are three some case has them.
    if (numSteps > 1 && (r === s || s === t)) return NONE;
    // The order of groups is no involution, so that going there and back cannot be confused.
    const [from, to] = [Int32Array.of(r, s, t, r, r), Int32Array.of(s, t, t, s, t)];
    const every = [0, 1, 2, 3, 4] as const;
    const batches: readonly Batch[] = [
      { examples: every, s: from, t: to, shape: [positions] },
      { examples: [0, 4], s: r, t: Int32Array.of(s, t), shape: [1, positions] },
      { examples: [4, 1], s: Int32Array.of(r, s), t, shape: [positions, 1] },
    ];
    return worstOf(
      (['push', 'pull', 'pushStates', 'pullStates'] as const).flatMap((map) => {
        const alone = every.map((b) => mapBatch(lawCase, map, { examples: [b], s: from[b]!, t: to[b]!, shape: [positions] }));
        return batches.map((batch) =>
          deviationOf(batchText(map, batch), mapBatch(lawCase, map, batch), joined(batch.examples.map((b) => alone[b]!)), LOG_TOLERANCE),
        );
      }),
    );
  },
};

interface Batch {
  /** Numbers of the examples: they say what each position has. */
  readonly examples: readonly number[];
  readonly s: Steps;
  readonly t: Steps;
  /** `…N` */
  readonly shape: readonly number[];
}

function mapBatch(
  { transition, logProbs, logLikelihood, states }: LawCase,
  map: 'pull' | 'pullStates' | 'push' | 'pushStates',
  { examples, s, t, shape }: Batch,
): Float32Array {
  const { positions = POSITIONS, numStates } = transition;
  // No example is like the next, nor the batch like itself with its axes exchanged.
  const kinds = examples.flatMap((b) => Array.from({ length: positions }, (_, n) => 2 * b + n));
  if (map === 'pushStates' || map === 'pullStates') {
    const values = kinds.map((kind) => states[kind % states.length]!);
    return read(() => transition[map](tensor(values, [examples.length, ...shape], 'int32'), s, t));
  }
  const rows = [logProbs, logLikelihood, logProbs.toReversed()].map((row) => Float32Array.from(row));
  const values = joined(kinds.map((kind) => rows[kind % rows.length]!));
  return read(() => transition[map](tensor(values, [examples.length, ...shape, numStates]), s, t));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const { length } = parts[0]!;
  const whole = new Float32Array(parts.length * length);
  parts.forEach((part, i) => whole.set(part, i * length));
  return whole;
}

function batchText(map: string, { examples, s, t, shape }: Batch): string {
  const own = [...(typeof s === 'number' ? [] : ['s']), ...(typeof t === 'number' ? [] : ['t'])].join(' and ');
  return `${map} of ${examples.length} examples of shape [${shape.join(', ')}] with ${own} of their own`;
}
