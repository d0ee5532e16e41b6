import type { States, Steps } from '@d3pm/core';
import type { CorruptedBatch } from './training-loss.ts';

/** Data, and what has become of it. */
export interface TrainBatch extends CorruptedBatch {
  readonly x0: States;
  /** Index of its first example in the batch of the update. */
  readonly firstExample: number;
}

/** The batch in parts of `size` examples, the last one with what is left; views of the same values. Absent: one part. */
export function splitBatch(batch: TrainBatch, size?: number): readonly TrainBatch[] {
  const batchSize = batch.x0.shape[0]!;
  if (size === undefined || size >= batchSize) return [batch];
  return Array.from({ length: Math.ceil(batchSize / size) }, (_, i) => slice(batch, i * size, Math.min((i + 1) * size, batchSize)));
}

function slice({ x0, firstExample, states, t, weights }: TrainBatch, from: number, to: number): TrainBatch {
  return {
    x0: examples(x0, from, to),
    firstExample: firstExample + from,
    states: examples(states, from, to),
    t: steps(t, from, to),
    ...(weights && { weights: weights.subarray(from, to) }),
  };
}

function examples({ values, shape }: States, from: number, to: number): States {
  const [batchSize, ...positions] = shape as [number, ...number[]];
  const perExample = values.length / batchSize;
  return { values: values.subarray(from * perExample, to * perExample), shape: [to - from, ...positions] };
}

function steps(t: Steps, from: number, to: number): Steps {
  return typeof t === 'number' ? t : t.subarray(from, to);
}
