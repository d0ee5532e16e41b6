import { D3pmError } from '@d3pm/core';

/**
 * How many positions each example of `shape`, `[B, …N]`, has.
 *
 * @throws {D3pmError} `SHAPE` unless they are as many as Q depends on, if it does.
 */
export function assertPositions(caller: string, shape: readonly number[], positions: number | undefined): number {
  const perExample = shape.slice(1).reduce((product, size) => product * size, 1);
  if (positions !== undefined && perExample !== positions) {
    throw new D3pmError('SHAPE', `${caller}: ${perExample} positions in each example, expected ${positions}: Q depends on the position`);
  }
  return perExample;
}
