import type { SymmetricGenerator } from './symmetric-generator.ts';

/** Each brings the bound closer; these bring it within a few per cent. */
const ITERATIONS = 32;

/**
 * A bound ρ on the eigenvalues of −R, which lie in [0, ρ], never too small. By Collatz and Wielandt, for any x > 0,
 *
 *     ρ(D − A) ≤ ρ(D + A) ≤ max_i ((D + A) x)_i / x_i
 *
 * with D the exit rates: x is a few powers of D + A applied to 1, for which this is at most twice the largest exit rate,
 * and close to one where a few states have most of the jumps.
 */
export function spectralRadius({ numStates, rowStarts, targets, rates, exitRates }: SymmetricGenerator): number {
  let x = new Float64Array(numStates).fill(1);
  let bound = Infinity;
  for (let n = 0; n < ITERATIONS; n++) {
    const next = new Float64Array(numStates);
    let largest = 0;
    for (let i = 0; i < numStates; i++) {
      let inflow = exitRates[i]! * x[i]!;
      for (let edge = rowStarts[i]!; edge < rowStarts[i + 1]!; edge++) inflow += rates[edge]! * x[targets[edge]!]!;
      next[i] = inflow;
      largest = Math.max(largest, inflow / x[i]!);
    }
    bound = Math.min(bound, largest);
    // Entries far below the largest say little, and could underflow.
    const top = next.reduce((most, entry) => Math.max(most, entry), 0);
    x = next.map((entry) => Math.max(entry / top, 2 ** -60));
  }
  return bound * (1 + 2 ** -40);
}
