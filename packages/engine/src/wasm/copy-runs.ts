import { walkAxes } from './walk-axes.ts';
import type { HeapArray } from './wasm-backend.ts';

export interface RunCopy {
  readonly from: HeapArray;
  readonly fromOffset: number;
  readonly fromSteps: readonly number[];
  readonly to: HeapArray;
  readonly toSteps: readonly number[];
  /** The grid of runs. */
  readonly sizes: readonly number[];
  /** Elements that lie next to each other in both arrays. */
  readonly length: number;
}

/** Below this, an element loop beats `set(subarray(…))`, which makes an object for each run. */
const SHORT_RUN = 48;

/** Copies a grid of contiguous runs from one array to another. */
export function copyRuns({ from, fromOffset, fromSteps, to, toSteps, sizes, length }: RunCopy): void {
  walkAxes(sizes, fromSteps, toSteps, (read, write) => {
    const start = fromOffset + read;
    if (length < SHORT_RUN) for (let i = 0; i < length; i++) to[write + i] = from[start + i]!;
    else to.set(from.subarray(start, start + length), write);
  });
}
