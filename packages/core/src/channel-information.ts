import type { Channel } from './channel.ts';
import { divergenceTerm } from './divergence-term.ts';
import { entropyNats } from './entropy.ts';
import type { Information } from './rank-one-information.ts';

/**
 * The information of any channel, in float64:
 *
 *     I(x_t; x_0) = Σ_i p_i KL(Q̄[i, ·] ‖ pQ̄),   H(x_0 | x_t) = H(x_0) − I
 *
 * The KL is a sum of terms ≥ 0, of which each is right to the rounding of Q̄: nothing cancels where I is near 0. Where I is
 * near H(x_0), the difference is right to 1e-15 of H(x_0). States of mass 0 are not looked at.
 */
export function channelInformation(dataLaw: Float64Array, { marginal, row }: Channel): Information {
  let sharedNats = 0;
  for (let i = 0; i < dataLaw.length; i++) {
    if (dataLaw[i]! > 0) sharedNats += dataLaw[i]! * rowDivergence(row(i), marginal);
  }
  return { sharedNats, lostNats: Math.max(0, entropyNats(dataLaw) - sharedNats) };
}

/** KL(row ‖ marginal) in nats. */
export function rowDivergence(row: ArrayLike<number>, marginal: ArrayLike<number>): number {
  let nats = 0;
  for (let j = 0; j < row.length; j++) nats += divergenceTerm(row[j]!, marginal[j]!, row[j]! - marginal[j]!);
  return nats;
}
