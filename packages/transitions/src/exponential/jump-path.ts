import type { Rng } from '@d3pm/core';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/**
 * Where a state is after α, by the path that it takes: it stays for an exponential time of rate −R_ii, then jumps to j with
 * probability A_ij / −R_ii, until α is used up. Its law is the row of exp(α R), exactly, at the cost of α (−R_ii) jumps or so,
 * whatever K is.
 *
 * @param stream Jump n takes its numbers 2n and 2n + 1.
 */
export function jumpPath({ rowStarts, targets, rates, exitRates }: SymmetricGenerator, start: number, alpha: number, stream: Rng): number {
  let state = start;
  let left = alpha;
  for (let jump = 0; ; jump++) {
    const exitRate = exitRates[state]!;
    // A state without a way out waits forever: log1p(−u)/0 is −∞, or NaN at u = 0, which ends it too.
    left += Math.log1p(-stream.float64(2 * jump)) / exitRate;
    if (!(left > 0)) return state;
    let rest = stream.float64(2 * jump + 1) * exitRate;
    let at = rowStarts[state]!;
    const last = rowStarts[state + 1]! - 1;
    while (at < last && (rest -= rates[at]!) >= 0) at++;
    state = targets[at]!;
  }
}
