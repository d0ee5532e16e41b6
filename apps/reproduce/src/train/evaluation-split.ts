import type { Dataset } from '@d3pm/core';

/** What a run is looked at with, and its best checkpoints are chosen by: never the test split where there is another. */
export function evaluationSplit({
  valid,
  test,
}: {
  readonly valid?: Dataset | undefined;
  readonly test?: Dataset | undefined;
}): Dataset | undefined {
  return valid ?? test;
}
