import { assertStateRange, D3pmError, positionsOf, type States } from '@d3pm/core';
import { TEXT8_NUM_STATES } from './encode-text8.ts';

/**
 * Each example as text: 0…25 are a…z, 26 is a space, 27 is `mask`.
 *
 * @param mask What a masked position looks like, one character. @defaultValue '_'
 * @throws {D3pmError} `STATE_RANGE` for a state above 27, `INVALID_OPTIONS` for a mask that could be text.
 */
export function decodeText8(states: States, { mask = '_' }: { readonly mask?: string } = {}): string[] {
  if ([...mask].length !== 1 || /[a-z ]/.test(mask)) {
    throw new D3pmError('INVALID_OPTIONS', `decodeText8: mask is ${JSON.stringify(mask)}, expected one character that is no text8 symbol`);
  }
  assertStateRange('decodeText8', 'states', states, TEXT8_NUM_STATES + 1);
  const alphabet = [...'abcdefghijklmnopqrstuvwxyz ', mask];
  const positions = positionsOf(states);
  return Array.from({ length: states.shape[0]! }, (_, b) =>
    Array.from(states.values.subarray(b * positions, (b + 1) * positions), (state) => alphabet[state]!).join(''),
  );
}
