import type { States } from '@d3pm/core';

/** Some examples of a batch, those of its indices `firstExample`, `firstExample + 1`, … */
export interface ExampleRange {
  readonly firstExample: number;
  /** Of the batch. */
  readonly batchSize: number;
}

/** The range of a batch that is whole. */
export function wholeBatch({ shape }: Pick<States, 'shape'>): ExampleRange {
  return { firstExample: 0, batchSize: shape[0]! };
}
