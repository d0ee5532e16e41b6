import { D3pmError } from '@d3pm/core';
import { symmetricGenerator, type SymmetricGenerator } from './symmetric-generator.ts';

/** Row sums and asymmetries up to this, relative to the rates, are rounding: the diagonal is then summed anew. */
const TOLERANCE = 1e-9;

/**
 * The generator that a K×K matrix is, by its rows. Its diagonal is the sum of what leaves, to the last digit.
 *
 * @throws {D3pmError} `SHAPE` unless the matrix is square with K ≥ 2; `NOT_STOCHASTIC` for an entry that is not finite,
 * a rate below 0 or the row whose sum is farthest from 0; `INVALID_OPTIONS` for a matrix that is not symmetric.
 */
export function matrixExponentialGenerator(caller: string, matrix: Float64Array): SymmetricGenerator {
  const numStates = Math.round(Math.sqrt(matrix.length));
  if (numStates ** 2 !== matrix.length || numStates < 2) {
    throw new D3pmError('SHAPE', `${caller}: generator has ${matrix.length} entries, expected K×K row by row with K ≥ 2`);
  }
  assertRates(caller, matrix, numStates);
  assertRowSums(caller, matrix, numStates);
  assertSymmetric(caller, matrix, numStates);
  return symmetricGenerator(numStates, edges(matrix, numStates));
}

function* edges(matrix: Float64Array, numStates: number): Generator<{ i: number; j: number; rate: number }> {
  for (let i = 0; i < numStates; i++) {
    for (let j = i + 1; j < numStates; j++) {
      const rate = (matrix[i * numStates + j]! + matrix[j * numStates + i]!) / 2;
      if (rate > 0) yield { i, j, rate };
    }
  }
}

function assertRates(caller: string, matrix: Float64Array, numStates: number): void {
  const wrong = matrix.findIndex((rate, at) => !Number.isFinite(rate) || (rate < 0 && at % (numStates + 1) !== 0));
  if (wrong < 0) return;
  throw new D3pmError(
    'NOT_STOCHASTIC',
    `${caller}: generator is ${matrix[wrong]} at row ${Math.floor(wrong / numStates)}, column ${wrong % numStates}, expected a finite rate, ≥ 0 off the diagonal`,
  );
}

function assertRowSums(caller: string, matrix: Float64Array, numStates: number): void {
  let worst = { row: 0, sum: 0, share: 0 };
  for (let row = 0; row < numStates; row++) {
    let sum = 0;
    let size = 0;
    for (let at = row * numStates; at < (row + 1) * numStates; at++) {
      sum += matrix[at]!;
      size += Math.abs(matrix[at]!);
    }
    const share = size === 0 ? 0 : Math.abs(sum) / size;
    if (share > worst.share) worst = { row, sum, share };
  }
  if (worst.share <= TOLERANCE) return;
  throw new D3pmError(
    'NOT_STOCHASTIC',
    `${caller}: row ${worst.row} of the generator sums to ${worst.sum}, expected 0 (to ${TOLERANCE} of its rates): R_ii is −Σ R_ij over j ≠ i`,
  );
}

function assertSymmetric(caller: string, matrix: Float64Array, numStates: number): void {
  for (let i = 0; i < numStates; i++) {
    for (let j = 0; j < i; j++) {
      const [there, back] = [matrix[j * numStates + i]!, matrix[i * numStates + j]!];
      if (Math.abs(there - back) <= TOLERANCE * Math.max(there, back)) continue;
      throw new D3pmError(
        'INVALID_OPTIONS',
        `${caller}: generator is ${there} at row ${j}, column ${i} and ${back} the other way, expected a symmetric one; give the steps themselves to dense, which takes any matrices`,
      );
    }
  }
}
