import { D3pmError } from '@d3pm/core';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/** The sets of states that reach each other. */
export interface ConnectedParts {
  readonly count: number;
  /** The part of each state, numbered in the order of their lowest states; `[K]`. */
  readonly partOf: Int32Array;
}

export function connectedParts({ numStates, rowStarts, targets }: SymmetricGenerator): ConnectedParts {
  const partOf = new Int32Array(numStates).fill(-1);
  const queue = new Int32Array(numStates);
  let count = 0;
  for (let start = 0; start < numStates; start++) {
    if (partOf[start] !== -1) continue;
    let length = 0;
    queue[length++] = start;
    partOf[start] = count;
    for (let at = 0; at < length; at++) {
      const state = queue[at]!;
      for (let edge = rowStarts[state]!; edge < rowStarts[state + 1]!; edge++) {
        const next = targets[edge]!;
        if (partOf[next] !== -1) continue;
        partOf[next] = count;
        queue[length++] = next;
      }
    }
    count++;
  }
  return { count, partOf };
}

/** @throws {D3pmError} `NO_STATIONARY` naming two states that never meet. */
export function assertOnePart(name: string, generator: SymmetricGenerator, wayOut: string): void {
  const { count, partOf } = connectedParts(generator);
  if (count === 1) return;
  throw new D3pmError(
    'NO_STATIONARY',
    `${name}: the states fall into ${count} parts, and those of state 0 and of state ${partOf.indexOf(1)} never meet, so no stationary law is unique; ${wayOut}`,
  );
}
