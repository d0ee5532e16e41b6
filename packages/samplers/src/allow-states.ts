import { assertInteger, D3pmError } from '@d3pm/core';
import type { Constraint, ConstraintSetting } from './constraint.ts';

/**
 * A {@link Constraint} to a set of states at each position, for every example alike.
 *
 * @param sets The states of position n, or `undefined` for any. Of N positions the first.
 * @throws {D3pmError} `SHAPE` for more sets than positions, `INVALID_OPTIONS` for an empty one, `STATE_RANGE` for a state outside 0…K−1 or the
 * extra mask; the position is named.
 */
export function allowStates(
  sets: readonly (readonly number[] | undefined)[],
  { numStates, extraMask, positions = sets.length }: ConstraintSetting,
): Constraint {
  assertInteger('allowStates', 'numStates', numStates, 1);
  assertInteger('allowStates', 'positions', positions, 1);
  if (sets.length > positions) throw new D3pmError('SHAPE', `allowStates: ${sets.length} sets for ${positions} positions; leave some out`);
  const allowed = new Uint8Array(positions * numStates).fill(1);
  sets.forEach((set, position) => {
    if (set === undefined) return;
    if (set.length === 0) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        `allowStates: the set of position ${position} is empty; name a state, or give undefined for any`,
      );
    }
    allowed.fill(0, position * numStates, (position + 1) * numStates);
    for (const state of set) {
      if (!Number.isInteger(state) || state < 0 || state >= numStates || state === extraMask) {
        const wrong = state === extraMask ? `the mask ${state}, which data never is` : `state ${state}`;
        throw new D3pmError('STATE_RANGE', `allowStates: ${wrong}, at position ${position}; expected 0…${numStates - 1}`);
      }
      allowed[position * numStates + state] = 1;
    }
  });
  return { allowed };
}
