import type { SymmetricGenerator } from './symmetric-generator.ts';

/** A bound on how many jumps two states of a connected graph are apart: twice the distance of the farthest from state 0. */
export function hopsAtMost({ numStates, rowStarts, targets }: SymmetricGenerator): number {
  const hops = new Int32Array(numStates).fill(-1);
  const queue = new Int32Array(numStates);
  hops[0] = 0;
  let length = 1;
  for (let at = 0; at < length; at++) {
    const state = queue[at]!;
    for (let edge = rowStarts[state]!; edge < rowStarts[state + 1]!; edge++) {
      const next = targets[edge]!;
      if (hops[next] !== -1) continue;
      hops[next] = hops[state]! + 1;
      queue[length++] = next;
    }
  }
  return 2 * hops[queue[length - 1]!]!;
}
