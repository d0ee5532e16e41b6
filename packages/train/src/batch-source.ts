import type { States } from '@d3pm/core';

/** An endless sequence of batches, such as `batches` of `@d3pm/data` returns. */
export interface BatchSource {
  /** Batch number 0, 1, …, `[B, …N]`; update n trains on number n − 1. Pure, so that a run resumes with the data it would have had. */
  batchAt(index: number): States;
  /** Which examples of the data set they are, `[B]`, for a message about them. */
  indicesAt?(index: number): Int32Array;
}
