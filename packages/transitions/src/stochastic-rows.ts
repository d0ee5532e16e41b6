import { D3pmError } from '@d3pm/core';

/** How far a row sum may be from 1: rounding of K float64 terms stays far below. */
const SUM_TOLERANCE = 1e-9;
/** What is nearer than this to what it should be is a matter of rounding, in float32 at worst. */
const ROUNDING = 1e-4;

/** Throws `NOT_STOCHASTIC` unless `probs` is non-negative, finite and sums to 1. */
export function assertDistribution(caller: string, argument: string, probs: Float64Array): void {
  assertRows(caller, argument, probs, probs.length, 1);
}

/**
 * Throws unless `matrix` is K×K and its first `rowsToCheck` rows are distributions.
 *
 * @throws {D3pmError} `SHAPE` for another size, `NOT_STOCHASTIC` naming the first entry that is negative or
 * not finite, or the row whose sum is farthest from 1.
 */
export function assertStochasticRows(
  caller: string,
  argument: string,
  matrix: Float64Array,
  { numStates, rowsToCheck = numStates }: { readonly numStates: number; readonly rowsToCheck?: number },
): void {
  if (matrix.length !== numStates ** 2) {
    throw new D3pmError(
      'SHAPE',
      `${caller}: ${argument} has ${matrix.length} entries, expected ${numStates}×${numStates} = ${numStates ** 2}`,
    );
  }
  assertRows(caller, argument, matrix, numStates, rowsToCheck);
}

/** Throws `NOT_STOCHASTIC` unless the first `numRows` rows, of `numStates` entries each, are distributions. */
export function assertRows(caller: string, argument: string, matrix: Float64Array, numStates: number, numRows: number): void {
  let worstRow = 0;
  let worstSum = 1;
  for (let i = 0; i < numRows; i++) {
    let sum = 0;
    let isValid = true;
    for (let at = i * numStates; at < (i + 1) * numStates; at++) {
      const entry = matrix[at]!;
      isValid &&= entry >= 0;
      sum += entry;
    }
    if (!isValid || sum === Infinity) {
      const j = matrix.subarray(i * numStates, (i + 1) * numStates).findIndex((entry) => !(entry >= 0 && entry < Infinity));
      throw new D3pmError(
        'NOT_STOCHASTIC',
        `${caller}: ${argument} is ${matrix[i * numStates + j]} at ${numRows > 1 ? `row ${i}, column ` : ''}${j}, expected a probability ≥ 0${hint(matrix[i * numStates + j]!)}`,
      );
    }
    if (Math.abs(sum - 1) > Math.abs(worstSum - 1)) [worstRow, worstSum] = [i, sum];
  }
  if (Math.abs(worstSum - 1) > SUM_TOLERANCE) {
    const row = numRows > 1 ? `row ${worstRow} of ` : '';
    const hints = [
      ...(numRows > 1 ? [`K = ${numStates}; rows are "from", columns are "to"`] : []),
      ...(Math.abs(worstSum - 1) < ROUNDING ? ['float32 is too coarse'] : []),
    ].join('; ');
    throw new D3pmError(
      'NOT_STOCHASTIC',
      `${caller}: ${row}${argument} sums to ${worstSum}, expected 1 to ${SUM_TOLERANCE}${hints && ` (${hints})`}`,
    );
  }
}

/** What an entry that is no probability comes from most often. */
function hint(entry: number): string {
  if (Number.isNaN(entry)) return ' (an array that is read beyond its end gives NaN: β_t is schedule.noise[t - 1])';
  return entry < 0 && entry > -ROUNDING ? ' (a difference that rounds below 0 is to be set to 0)' : '';
}
