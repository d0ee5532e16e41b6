import { D3pmError, type ProcessGroup, type States } from '@d3pm/core';
import type { BatchSource } from '../batch-source.ts';
import type { ExampleRange } from '../example-range.ts';

/** Examples that one member of a group trains on. */
export interface ShareOfBatch {
  readonly x0: States;
  readonly range: ExampleRange;
}

/**
 * Of batch number `index`, the examples of this member: the batch is cut into equal stretches, in the order of ranks.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a batch that the members cannot share.
 */
export function shareOfBatch(source: BatchSource, index: number, { rank, size }: Pick<ProcessGroup, 'rank' | 'size'>): ShareOfBatch {
  const whole = size === 1 || source.partAt === undefined || source.batchSize === undefined ? source.batchAt(index) : undefined;
  const batchSize = whole?.shape[0] ?? source.batchSize!;
  if (batchSize % size !== 0) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `train: a batch has ${batchSize} examples, which a group of ${size} cannot share; choose a multiple of ${size}`,
    );
  }
  const count = batchSize / size;
  const range = { firstExample: rank * count, batchSize };
  if (size === 1) return { x0: whole!, range };
  return { x0: whole ? cut(whole, rank * count, count) : source.partAt!(index, { first: rank * count, count }), range };
}

function cut({ values, shape }: States, first: number, count: number): States {
  const perExample = values.length / shape[0]!;
  return { values: values.subarray(first * perExample, (first + count) * perExample), shape: [count, ...shape.slice(1)] };
}
