import {
  assertInteger,
  assertSchedule,
  D3pmError,
  stepPairs,
  survival,
  type Absorbing,
  type NoiseSchedule,
  type Prior,
  type RankOne,
  type Transition,
} from '@d3pm/core';
import { assertPrior } from './assert-prior.ts';
import { logWeightsOf } from './log-weights.ts';
import { rankOneMaps } from './rank-one-maps.ts';
import { assertDistribution } from './stochastic-rows.ts';
import { assertTableSize } from './table-size.ts';

export interface RankOneMixingOptions {
  readonly name: string;
  /** β_t: with this probability step t draws the state anew. */
  readonly schedule: NoiseSchedule<'jump-probability'>;
  /** π, what it is drawn from; float64 `[K]`, sums to 1. */
  readonly target: Float64Array;
  /** @defaultValue π */
  readonly prior?: Prior;
  /** The mask, when π is the point mass on it; closed forms of losses rest on that. */
  readonly absorbing?: Absorbing;
  /** A state that the data never shows, in 0…K−1. */
  readonly extraMask?: number;
}

/**
 * The transition that keeps a state or draws it anew from π:
 *
 *     Q(s→t) = α I + (1 − α) 1 πᵀ,   α = Π_{s<u≤t} (1 − β_u)
 *
 * A.2.1 and A.2.2 of Austin et al. (2021) are its cases, and A.4.1 has the closed form. Maps take O(K) a row and keep no table:
 *
 *     log (p Q)_j  = log(α p_j + (1 − α) π_j Σ_i p_i)
 *     log (l Qᵀ)_i = log(α l_i + (1 − α) Σ_j π_j l_j)
 *
 * log α and log(1 − α) are computed in float64, each by itself, and uploaded as a float32 column: a
 * jump of probability 1e-12 is not rounded away. Log-probabilities carry float32's 6e-8, relatively.
 *
 * @throws {D3pmError} `NOT_STOCHASTIC` unless π is a distribution, `INVALID_OPTIONS` for a mask that is none of the states or for an
 * `absorbing` of which π is not the point mass, and what `assertSchedule` throws.
 */
export function rankOneMixing({
  name,
  schedule,
  target,
  prior = { kind: 'fixed', probs: target },
  absorbing,
  extraMask,
}: RankOneMixingOptions): Transition {
  assertSchedule(name, 'jump-probability', schedule);
  assertDistribution(name, 'target', target);
  const { numSteps } = schedule;
  const numStates = target.length;
  assertPrior(name, prior, { numStates, positions: undefined });
  if (absorbing) assertPointMass(name, target, absorbing);
  if (extraMask !== undefined) assertInteger(name, 'extraMask', extraMask, 0, numStates - 1);
  const { keep, refresh } = survival(schedule);
  const rankOne: RankOne = { target, keep, refresh };
  const maps = rankOneMaps({
    name,
    target,
    logWeights: (caller, shape, s, t) =>
      logWeightsOf(rankOne, stepPairs(`${name}.${caller}`, s, t, { batchSize: shape[0]!, numSteps }), shape.length + 1),
  });

  return {
    name,
    numStates,
    numSteps,
    stationary: target,
    prior,
    rankOne,
    ...(absorbing && { absorbing }),
    ...(extraMask !== undefined && { extraMask }),

    ...maps,
    toDense: (s, t) => {
      stepPairs(`${name}.toDense`, s, t, { batchSize: 1, numSteps });
      assertTableSize(`${name}.toDense`, `a ${numStates}×${numStates} float64 table`, 8 * numStates ** 2);
      const [kept, redrawn] = [keep(s, t), refresh(s, t)];
      const matrix = new Float64Array(numStates ** 2);
      for (let i = 0; i < numStates; i++) {
        for (let j = 0; j < numStates; j++) matrix[i * numStates + j] = redrawn * target[j]! + (i === j ? kept : 0);
      }
      return matrix;
    },

    dispose: () => {},
  };
}

/** Throws `INVALID_OPTIONS` unless all of `target` is on the mask. */
function assertPointMass(name: string, target: Float64Array, { maskState }: Absorbing): void {
  assertInteger(name, 'absorbing.maskState', maskState, 0, target.length - 1);
  const state = target.findIndex((prob, k) => prob > 0 && k !== maskState);
  if (state < 0) return;
  throw new D3pmError(
    'INVALID_OPTIONS',
    `${name}: target has ${target[state]} on state ${state}, expected the point mass on absorbing.maskState ${maskState}; leave absorbing out for another target`,
  );
}
