import { add, cast, fill, gather, oneHot, reshape, tensor1d, tidy, where, zeros, type Tensor } from '@tensorflow/tfjs-core';
import {
  assertClassAxis,
  assertSchedule,
  assertStates,
  logAddExp,
  logSumExpKept,
  perExample,
  stepPairs,
  survival,
  type Absorbing,
  type NoiseSchedule,
  type Prior,
  type RankOne,
  type Steps,
  type Transition,
} from '@d3pm/core';
import { assertPrior } from './assert-prior.ts';
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
  /** When π is the point mass on a mask. */
  readonly absorbing?: Absorbing;
  /** A state that the data never shows. */
  readonly extraMask?: number;
}

/**
 * The transition that keeps a state or draws it anew from π:
 *
 *     Q(s→t) = α I + (1 − α) 1 πᵀ,   α = Π_{s<u≤t} (1 − β_u)
 *
 * A.2.1 and A.2.2 of Austin et al. (2021) are its cases. Maps take O(K) a row and keep no table:
 *
 *     log (p Q)_j  = log(α p_j + (1 − α) π_j Σ_i p_i)
 *     log (l Qᵀ)_i = log(α l_i + (1 − α) Σ_j π_j l_j)
 *
 * log α and log(1 − α) are computed in float64, each by itself, and uploaded as a float32 column: a
 * jump of probability 1e-12 is not rounded away. Log-probabilities carry float32's 6e-8, relatively.
 *
 * @throws {D3pmError} `NOT_STOCHASTIC` unless π is a distribution, and what `assertSchedule` throws.
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
  assertPrior(name, prior, { numStates: target.length, positions: undefined });
  const { numSteps } = schedule;
  const numStates = target.length;
  const { keep, refresh } = survival(schedule);
  const rankOne: RankOne = { target, keep, refresh };
  const logTarget = Float32Array.from(target, Math.log);

  const logWeights = (
    caller: string,
    x: Tensor,
    s: Steps,
    t: Steps,
    rank: number,
  ): { readonly logKeep: Tensor; readonly logRefresh: Tensor } => {
    const pairs = stepPairs(`${name}.${caller}`, s, t, { batchSize: x.shape[0]!, numSteps });
    const column = (weight: RankOne['keep']): Tensor =>
      perExample(
        Float64Array.from(pairs.s, (from, b) => Math.log(weight(from, pairs.t[b]!))),
        rank,
      );
    return { logKeep: column(keep), logRefresh: column(refresh) };
  };

  /** `elsewhere` off the diagonal, `log(α + (1 − α) π_x)` on it, where the class is the state. */
  const withDiagonal = (states: Tensor, elsewhere: Tensor, logKeep: Tensor, logJump: Tensor): Tensor => {
    const onDiagonal = cast(oneHot(states, numStates, 1, 0, 'int32'), 'bool');
    // Spread by an addition: the wasm back end takes forty times as long to tile, or to compare with broadcasting.
    const diagonal = add(logAddExp(logKeep, logJump), zeros([numStates]));
    return where(onDiagonal, diagonal, elsewhere);
  };

  return {
    name,
    numStates,
    numSteps,
    stationary: target,
    prior,
    rankOne,
    ...(absorbing && { absorbing }),
    ...(extraMask !== undefined && { extraMask }),

    push: (logProbs, s, t) => {
      assertClassAxis(`${name}.push`, 'logProbs', logProbs, numStates);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('push', logProbs, s, t, logProbs.rank);
        const redrawn = add(add(logSumExpKept(logProbs, -1), logRefresh), tensor1d(logTarget));
        return logAddExp(add(logProbs, logKeep), redrawn);
      });
    },

    pull: (logLikelihood, s, t) => {
      assertClassAxis(`${name}.pull`, 'logLikelihood', logLikelihood, numStates);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('pull', logLikelihood, s, t, logLikelihood.rank);
        const redrawn = add(logSumExpKept(add(logLikelihood, tensor1d(logTarget)), -1), logRefresh);
        return logAddExp(add(logLikelihood, logKeep), redrawn);
      });
    },

    pushStates: (states, s, t) => {
      assertStates(`${name}.pushStates`, 'states', states, numStates);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('pushStates', states, s, t, states.rank + 1);
        const pi = tensor1d(logTarget);
        const redrawn = add(logRefresh, add(pi, fill([...states.shape, 1], 0)));
        return withDiagonal(states, redrawn, logKeep, add(logRefresh, logTargetOf(states, pi)));
      });
    },

    pullStates: (states, s, t) => {
      assertStates(`${name}.pullStates`, 'states', states, numStates);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('pullStates', states, s, t, states.rank + 1);
        const logJump = add(logRefresh, logTargetOf(states, tensor1d(logTarget)));
        return withDiagonal(states, add(logJump, fill([numStates], 0)), logKeep, logJump);
      });
    },

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

/** log π of each state, `[B, …N, 1]`. */
function logTargetOf(states: Tensor, logTarget: Tensor): Tensor {
  return reshape(gather(logTarget, reshape(states, [states.size])), [...states.shape, 1]);
}
