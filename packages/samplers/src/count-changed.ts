import type { States } from '@d3pm/core';

/** Positions in which two batches of one shape differ. */
export function countChanged(before: States, after: States): number {
  if (before === after) return 0;
  return after.values.reduce((count, value, i) => (value === before.values[i] ? count : count + 1), 0);
}
