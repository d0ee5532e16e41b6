import { assertInteger, D3pmError, positionsOf, type States } from '@d3pm/core';
import type { Constraint, ConstraintSetting } from './constraint.ts';

/** In place of a state: any. */
const FREE = -1;

/**
 * A {@link Constraint} to given states: a prompt, a text with gaps, the known part of an image.
 *
 * @param states −1 where a position is free, row-major: those of one example, for all alike, or `[B, …M]`. Of N
 * positions the first M.
 * @throws {D3pmError} `SHAPE` for more states than positions, `STATE_RANGE` for one outside −1…K−1 or the extra mask, naming its place.
 */
export function fixStates(states: ArrayLike<number> | States, { numStates, extraMask, positions }: ConstraintSetting): Constraint {
  assertInteger('fixStates', 'numStates', numStates, 1);
  const { values, shape }: { readonly values: ArrayLike<number>; readonly shape: readonly number[] } =
    'shape' in states ? states : { values: states, shape: [1, states.length] };
  const given = positionsOf({ shape });
  const all = positions ?? given;
  assertInteger('fixStates', 'positions', all, 1);
  if (given > all || values.length !== shape[0]! * given) {
    throw new D3pmError(
      'SHAPE',
      `fixStates: ${values.length} states of shape [${shape.join(', ')}] for ${all} positions; shorten the prompt, or make longer examples`,
    );
  }
  const allowed = new Uint8Array(shape[0]! * all * numStates).fill(1);
  for (let i = 0; i < values.length; i++) {
    const [example, position, state] = [Math.floor(i / given), i % given, values[i]!];
    if (!Number.isInteger(state) || state < FREE || state >= numStates || state === extraMask) {
      const wrong = state === extraMask ? `the mask ${state}, which data never is` : `state ${state}`;
      throw new D3pmError(
        'STATE_RANGE',
        `fixStates: ${wrong}, in example ${example} at position ${position}; expected 0…${numStates - 1}, or −1 for any`,
      );
    }
    if (state === FREE) continue;
    const row = (example * all + position) * numStates;
    allowed.fill(0, row, row + numStates);
    allowed[row + state] = 1;
  }
  return { allowed };
}
