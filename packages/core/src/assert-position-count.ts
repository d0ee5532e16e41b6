import { D3pmError } from './errors.ts';
import { positionsOf } from './states.ts';
import type { Transition } from './transition.ts';

/** Throws `SHAPE` unless states of the shape `[B, …N]` have as many positions as the transition, if it says how many. */
export function assertPositionCount(
  caller: string,
  argument: string,
  states: { readonly shape: readonly number[] },
  { name, positions }: Transition,
): void {
  if (positions === undefined || positionsOf(states) === positions) return;
  throw new D3pmError(
    'SHAPE',
    `${caller}: ${argument} has shape [${states.shape.join(', ')}], ${positionsOf(states)} positions an example, expected ${positions}: Q of ${name} depends on the position`,
  );
}
