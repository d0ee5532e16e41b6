import { assertInteger, assertOptionNames, D3pmError, type NoiseSchedule, type TransitionPlugin } from '@d3pm/core';
import { defineTransition } from './define-transition.ts';
import { lowRankMixing } from './low-rank-mixing.ts';
import { rankOneMixing } from './rank-one-mixing.ts';

export interface UniformAbsorbingOptions {
  /** μ_t, the share of redrawn states that become the mask, in [0, 1]: one for all steps, or μ_1 … μ_T. */
  readonly maskShare: number | readonly number[];
  /** m. @defaultValue K − 1 */
  readonly maskState?: number;
  /** Whether m is a state of its own that data never shows, so that K counts it. @defaultValue true */
  readonly extraMask?: boolean;
  /** Whether the uniform part is over all K states, as in the paper, or over those that are not the mask. @defaultValue true */
  readonly overMask?: boolean;
}

/**
 * A combination of absorbing and uniform noise: the matrix of BERT in Section 4 and A.2.6 of Austin et al. (2021),
 *
 *     Q_t = (1 − β_t) I + β_t (μ_t 1 e_mᵀ + (1 − μ_t) 1 1ᵀ / K)
 *
 * in whose letters α is β_t μ_t and β is β_t (1 − μ_t): 10 % masks and 5 % random tokens are β_1 = 0.15 and
 * μ = 2/3 at T = 1. A mask is left again where μ_t < 1.
 *
 * One share for all steps makes π = μ e_m + (1 − μ) 1/K, O(K) a row. Where it changes, no law is kept by every step; the
 * prior is then the law of x_T given that it was redrawn, which is q(x_T) itself when ᾱ_T = 0.
 */
export const uniformAbsorbing: TransitionPlugin<'uniform-absorbing', UniformAbsorbingOptions, 'jump-probability'> =
  /* @__PURE__ */ defineTransition({
    name: 'uniform-absorbing',
    unit: 'jump-probability',
    parse,
    create: ({ numStates, schedule }, { maskShare, maskState = numStates - 1, extraMask = true, overMask = true }) => {
      assertInteger('uniform-absorbing', 'maskState', maskState, 0, numStates - 1);
      const mask = Float64Array.from({ length: numStates }, (_, k) => (k === maskState ? 1 : 0));
      const uniform = mask.map((isMask) => (overMask ? 1 / numStates : (1 - isMask) / (numStates - 1)));
      const target = (share: number): Float64Array => uniform.map((prob, k) => share * mask[k]! + (1 - share) * prob);
      const setting = { name: 'uniform-absorbing', schedule, ...(extraMask && { extraMask: maskState }) };
      const shares = sharesOf(maskShare, schedule);
      const first = shares[0]!;
      if (shares.every((share) => share === first)) {
        return rankOneMixing({ ...setting, target: target(first), ...(first === 1 && { absorbing: { maskState } }) });
      }
      return lowRankMixing({
        ...setting,
        numStates,
        encode: new Float64Array(numStates).fill(1),
        core: (t) => Float64Array.of(shares[t - 1]!, 1 - shares[t - 1]!),
        decode: Float64Array.of(...mask, ...uniform),
        prior: { kind: 'fixed', probs: target(finalShare(shares, schedule)) },
      });
    },
  });

function parse(options: unknown): UniformAbsorbingOptions {
  const name = 'uniform-absorbing';
  const { maskShare, maskState, extraMask, overMask } = assertOptionNames(name, options, [
    'maskShare',
    'maskState',
    'extraMask',
    'overMask',
  ]);
  const shares = Array.isArray(maskShare) ? maskShare : [maskShare];
  const wrong = shares.findIndex((share) => !(typeof share === 'number' && share >= 0 && share <= 1));
  if (wrong >= 0 || shares.length === 0) {
    const which = Array.isArray(maskShare) ? `maskShare[${Math.max(wrong, 0)}]` : 'maskShare';
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${name}: ${which} is ${String(shares[wrong])}, expected a number in [0, 1], or one for each step`,
    );
  }
  if (maskState !== undefined) assertInteger(name, 'maskState', maskState, 0);
  for (const [option, value] of Object.entries({ extraMask, overMask })) {
    if (value !== undefined && typeof value !== 'boolean') {
      throw new D3pmError('INVALID_OPTIONS', `${name}: ${option} is ${JSON.stringify(value)}, expected true or false`);
    }
  }
  return {
    maskShare: Array.isArray(maskShare) ? [...shares] : shares[0],
    ...(maskState !== undefined && { maskState }),
    ...(typeof extraMask === 'boolean' && { extraMask }),
    ...(typeof overMask === 'boolean' && { overMask }),
  };
}

/** μ_1 … μ_T. */
function sharesOf(maskShare: UniformAbsorbingOptions['maskShare'], { numSteps }: NoiseSchedule): readonly number[] {
  if (typeof maskShare === 'number') return new Array<number>(numSteps).fill(maskShare);
  if (maskShare.length !== numSteps) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `uniform-absorbing: maskShare has ${maskShare.length} values, expected one for each of the ${numSteps} steps`,
    );
  }
  return maskShare;
}

/** The share of x_T that a mask was drawn for, of what was redrawn at all: Σ_t β_t μ_t Π_{u>t} (1 − β_u) / (1 − ᾱ_T). */
function finalShare(shares: readonly number[], { noise }: NoiseSchedule): number {
  let [masked, redrawn] = [0, 0];
  shares.forEach((share, i) => {
    masked = (1 - noise[i]!) * masked + noise[i]! * share;
    redrawn = (1 - noise[i]!) * redrawn + noise[i]!;
  });
  return redrawn > 0 ? masked / redrawn : shares.at(-1)!;
}
