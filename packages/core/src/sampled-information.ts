import { assertInteger } from './assert.ts';
import { rowDivergence } from './channel-information.ts';
import type { Channel } from './channel.ts';
import { entropyNats } from './entropy.ts';
import type { Information } from './rank-one-information.ts';
import type { Rng } from './rng.ts';
import { stratifiedUniforms } from './stratified-uniforms.ts';

/** Rows of Q̄ that are looked at instead of all of them. */
export interface RowSampling {
  /** Draws of x_0, at least 8; a state that is drawn twice costs one row. */
  readonly numRows: number;
  readonly rng: Rng;
}

/** {@link Information} from sampled rows. */
export interface SampledInformation extends Information {
  /** Of `sharedNats`, and of `lostNats`. */
  readonly standardError: number;
}

/**
 * The estimator of a channel's information from rows i_1 … i_n drawn from p, and the same ones for every channel, so that
 * its values are as smooth in the noise as the truth:
 *
 *     I ≈ mean KL(Q̄[i, ·] ‖ m) − c (mean B_i − H(m)),   B_i = −Σ_j Q̄[i, j] log m_j,   m = pQ̄
 *
 * m is exact, so B has the known mean H(m), and c is its regression coefficient: c = 0 compares rows with m, c = 1 is
 * H(m) − mean H(Q̄[i, ·]), and the one between has the least variance, none at all where Q̄ is the identity. Draws are
 * stratified over p; the standard error is that of independent ones, hence no less on average. The bias is O(1/n).
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for fewer than 8 rows.
 */
export function sampledInformation(dataLaw: Float64Array, { numRows, rng }: RowSampling): (channel: Channel) => SampledInformation {
  assertInteger('sampledInformation', 'numRows', numRows, 8);
  const counts = drawCounts(dataLaw, stratifiedUniforms(numRows, rng));
  const entropy = entropyNats(dataLaw);
  return ({ marginal, row }) => {
    const logMarginal = Float64Array.from(marginal, (mass) => (mass > 0 ? Math.log(mass) : 0));
    const draws = [...counts].map(([state, count]) => {
      const probs = row(state);
      let cross = 0;
      for (let j = 0; j < probs.length; j++) cross -= probs[j]! * logMarginal[j]!;
      return { count, divergence: rowDivergence(probs, marginal), cross };
    });
    const mean = (of: (draw: (typeof draws)[number]) => number): number =>
      draws.reduce((sum, draw) => sum + draw.count * of(draw), 0) / numRows;
    const [divergence, cross] = [mean((draw) => draw.divergence), mean((draw) => draw.cross)];
    const covariance = mean((draw) => (draw.divergence - divergence) * (draw.cross - cross));
    const variance = mean((draw) => (draw.cross - cross) ** 2);
    const slope = variance > 0 ? covariance / variance : 0;
    const residual = mean((draw) => (draw.divergence - divergence - slope * (draw.cross - cross)) ** 2);
    const sharedNats = Math.min(entropy, Math.max(0, divergence - slope * (cross - entropyNats(marginal))));
    return { sharedNats, lostNats: entropy - sharedNats, standardError: Math.sqrt(residual / (numRows - 2)) };
  };
}

/** How often each state is drawn, by inversion of p. */
function drawCounts(dataLaw: Float64Array, uniforms: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  let state = -1;
  let cumulative = 0;
  for (const uniform of uniforms.toSorted()) {
    while (state < 0 || (cumulative <= uniform && state < dataLaw.length - 1) || dataLaw[state] === 0) cumulative += dataLaw[++state]!;
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}
