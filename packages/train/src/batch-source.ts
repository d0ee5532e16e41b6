import type { States } from '@d3pm/core';

/** An endless sequence of batches, such as `batches` of `@d3pm/data` returns. */
export interface BatchSource {
  /** Examples of a batch. Absent: as many as the first one has. */
  readonly batchSize?: number;
  /** Batch number 0, 1, …, `[B, …N]`; update n trains on number n − 1. Pure, so that a run resumes with the data it would have had. */
  batchAt(index: number): States;
  /**
   * Examples `first` … `first + count − 1` of a batch, `[count, …N]`, for a process that trains on a part of it. Absent, or without `batchSize`: they are cut out of all of it.
   */
  partAt?(index: number, part: { readonly first: number; readonly count: number }): States;
  /** Which examples of the data set they are, `[B]`, for a message about them. */
  indicesAt?(index: number): Int32Array;
}
