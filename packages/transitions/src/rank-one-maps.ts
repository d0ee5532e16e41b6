import { add, cast, fill, gather, oneHot, reshape, tensor1d, tidy, where, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { assertClassAxis, assertStates, logAddExp, logSumExpKept, type Steps, type Transition } from '@d3pm/core';
import type { LogWeights } from './log-weights.ts';

export interface RankOneMapsOptions {
  readonly name: string;
  /** π, float64 `[K]`. */
  readonly target: Float64Array;
  /** The weights of a batch whose states have the shape `[B, …N]`, with its steps checked. Called inside a `tidy`. */
  logWeights(caller: string, shape: readonly number[], s: Steps, t: Steps): LogWeights;
}

/** The four maps of `Q(s→t) = α I + (1 − α) 1 πᵀ`, in O(K) a row and without a table; α may differ by example and position. */
export function rankOneMaps({
  name,
  target,
  logWeights,
}: RankOneMapsOptions): Pick<Transition, 'pull' | 'pullStates' | 'push' | 'pushStates'> {
  const numStates = target.length;
  const logTarget = Float32Array.from(target, Math.log);

  /** `elsewhere` off the diagonal, `log(α + (1 − α) π_x)` on it, where the class is the state. */
  const withDiagonal = (states: Tensor, elsewhere: Tensor, logKeep: Tensor, logJump: Tensor): Tensor => {
    const onDiagonal = cast(oneHot(states, numStates, 1, 0, 'int32'), 'bool');
    // Spread by an addition: the wasm back end takes forty times as long to tile, or to compare with broadcasting.
    const diagonal = add(logAddExp(logKeep, logJump), zeros([numStates]));
    return where(onDiagonal, diagonal, elsewhere);
  };

  return {
    push: (logProbs, s, t) => {
      assertClassAxis(`${name}.push`, 'logProbs', logProbs, numStates);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('push', logProbs.shape.slice(0, -1), s, t);
        const redrawn = add(add(logSumExpKept(logProbs, -1), logRefresh), tensor1d(logTarget));
        return logAddExp(add(logProbs, logKeep), redrawn);
      });
    },

    pull: (logLikelihood, s, t) => {
      assertClassAxis(`${name}.pull`, 'logLikelihood', logLikelihood, numStates);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('pull', logLikelihood.shape.slice(0, -1), s, t);
        const redrawn = add(logSumExpKept(add(logLikelihood, tensor1d(logTarget)), -1), logRefresh);
        return logAddExp(add(logLikelihood, logKeep), redrawn);
      });
    },

    pushStates: (states, s, t) => {
      assertStates(`${name}.pushStates`, 'states', states, numStates);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('pushStates', states.shape, s, t);
        const pi = tensor1d(logTarget);
        const redrawn = add(logRefresh, add(pi, fill([...states.shape, 1], 0)));
        return withDiagonal(states, redrawn, logKeep, add(logRefresh, logTargetOf(states, pi)));
      });
    },

    pullStates: (states, s, t) => {
      assertStates(`${name}.pullStates`, 'states', states, numStates);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('pullStates', states.shape, s, t);
        const logJump = add(logRefresh, logTargetOf(states, tensor1d(logTarget)));
        return withDiagonal(states, add(logJump, fill([numStates], 0)), logKeep, logJump);
      });
    },
  };
}

/** log π of each state, `[B, …N, 1]`. */
function logTargetOf(states: Tensor, logTarget: Tensor): Tensor {
  return reshape(gather(logTarget, reshape(states, [states.size])), [...states.shape, 1]);
}
