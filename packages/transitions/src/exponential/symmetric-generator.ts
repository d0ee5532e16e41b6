import { assertInteger, D3pmError } from '@d3pm/core';

/**
 * The generator R = A − diag(A 1) of a chain that jumps from i to j at rate A_ij = A_ji ≥ 0, by its rows: doubly
 * stochastic `exp(α R)`, π uniform on each part that hangs together.
 */
export interface SymmetricGenerator {
  /** K */
  readonly numStates: number;
  /** Where the jumps of each state begin, and where the last ones end; `[K + 1]`. */
  readonly rowStarts: Int32Array;
  /** Where they go, ascending within a row, never to the state itself. */
  readonly targets: Int32Array;
  /** At what rate, > 0. */
  readonly rates: Float64Array;
  /** −R_ii, the rate of leaving i; `[K]`. */
  readonly exitRates: Float64Array;
}

interface RatedPair {
  readonly i: number;
  readonly j: number;
  readonly rate: number;
}

const CALLER = 'symmetricGenerator';

/**
 * The generator of the pairs i ≠ j given, each once in either order; the rate of a pair that comes twice is the sum, and a rate of 0 joins
 * nothing.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a K below 1, for a pair that is not of two of the states, and for a rate that is below 0 or not
 * finite, naming the pair.
 */
export function symmetricGenerator(numStates: number, pairs: Iterable<RatedPair>): SymmetricGenerator {
  assertInteger(CALLER, 'numStates', numStates, 1);
  const rows = Array.from({ length: numStates }, () => new Map<number, number>());
  for (const pair of pairs) {
    assertPair(pair, numStates);
    const { i, j, rate } = pair;
    if (rate === 0) continue;
    rows[i]!.set(j, (rows[i]!.get(j) ?? 0) + rate);
    rows[j]!.set(i, (rows[j]!.get(i) ?? 0) + rate);
  }
  const rowStarts = new Int32Array(numStates + 1);
  rows.forEach((row, i) => (rowStarts[i + 1] = rowStarts[i]! + row.size));
  const targets = new Int32Array(rowStarts[numStates]!);
  const rates = new Float64Array(targets.length);
  const exitRates = new Float64Array(numStates);
  rows.forEach((row, i) => {
    let at = rowStarts[i]!;
    for (const [target, rate] of [...row].sort(([a], [b]) => a - b)) {
      targets[at] = target;
      rates[at++] = rate;
      exitRates[i]! += rate;
    }
  });
  return { numStates, rowStarts, targets, rates, exitRates };
}

function assertPair({ i, j, rate }: RatedPair, numStates: number): void {
  const isState = (state: number): boolean => Number.isInteger(state) && state >= 0 && state < numStates;
  if (!isState(i) || !isState(j) || i === j) {
    throw new D3pmError('INVALID_OPTIONS', `${CALLER}: the pair (${i}, ${j}) is not of two different states in 0…${numStates - 1}`);
  }
  if (!(rate >= 0 && rate < Infinity)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${CALLER}: the rate of the pair (${i}, ${j}) is ${rate}, expected a finite rate ≥ 0: what leaves on the diagonal is found from it`,
    );
  }
}
