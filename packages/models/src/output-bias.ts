import { D3pmError } from '@d3pm/core';
import { givenValues, zeroValues, type Initializer } from './initializers.ts';

/** Low enough to be nothing next to any data, and finite, so that averages of parameters stay finite. */
export const LOWEST_LOGIT = -30;

/**
 * First values of an output bias `[repeats · K]`: the logits given, for each of `repeats` positions. −∞ and all below −30 become −30.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless there are K numbers, none of them NaN or +∞.
 */
export function outputBiasValues(caller: string, logits: ArrayLike<number> | undefined, numStates: number, repeats = 1): Initializer {
  if (logits === undefined) return zeroValues;
  const values = Array.from(logits);
  if (values.length !== numStates || values.some((value) => Number.isNaN(value) || value === Infinity)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: outputBias is [${values.join(', ')}], expected ${numStates} logits, one for each state (masks included)`,
    );
  }
  const row = values.map((value) => Math.max(value, LOWEST_LOGIT));
  return givenValues(Array.from({ length: repeats }, () => row).flat());
}
