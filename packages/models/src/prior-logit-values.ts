import { D3pmError } from '@d3pm/core';
import { LOWEST_LOGIT } from './output-bias.ts';

export interface PriorLogitInput {
  /** K */
  readonly numStates: number;
  /** N, for a prior of each position. */
  readonly positions: number | undefined;
  /** `[K]` or `[N·K]`. Absent: uniform. */
  readonly probs: ArrayLike<number> | undefined;
}

/**
 * First logits of a learned prior, log p, `[K]` or `[N·K]`; one distribution is repeated for all positions. What is below −30 becomes −30.
 *
 * @throws {D3pmError} `SHAPE` for another length, `NOT_STOCHASTIC` for what is no distribution.
 */
export function priorLogitValues(caller: string, { numStates: K, positions, probs }: PriorLogitInput): Float32Array {
  const count = positions ?? 1;
  if (probs === undefined) return new Float32Array(count * K);
  if (probs.length !== K && probs.length !== count * K) {
    const perPosition = positions === undefined ? 'and positions for one of each' : `or ${positions} × ${K}`;
    throw new D3pmError('SHAPE', `${caller}: initialProbs has ${probs.length} probabilities, expected ${K}, ${perPosition}`);
  }
  for (let start = 0; start < probs.length; start += K) assertDistribution(caller, probs, start, K);
  return Float32Array.from({ length: count * K }, (_, i) => Math.max(Math.log(probs[i % probs.length]!), LOWEST_LOGIT));
}

function assertDistribution(caller: string, probs: ArrayLike<number>, start: number, numStates: number): void {
  let sum = 0;
  for (let k = start; k < start + numStates; k++) {
    if (!(probs[k]! >= 0)) throw new D3pmError('NOT_STOCHASTIC', `${caller}: initialProbs[${k}] is ${probs[k]}, expected a probability`);
    sum += probs[k]!;
  }
  if (Math.abs(sum - 1) < 1e-6) return;
  throw new D3pmError('NOT_STOCHASTIC', `${caller}: initialProbs from ${start} on sum to ${sum}, expected 1 over ${numStates} states`);
}
