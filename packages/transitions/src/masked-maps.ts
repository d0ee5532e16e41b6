import {
  add,
  concat,
  equal,
  expandDims,
  fill,
  maximum,
  minimum,
  scalar,
  slice,
  tensor1d,
  tidy,
  where,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { assertClassAxis, assertStates, logAddExp, logSumExpKept, stepPairs, type Steps, type Survival, type Transition } from '@d3pm/core';
import { logWeightsOf, type LogWeights } from './log-weights.ts';

export interface MaskedMapsOptions {
  readonly name: string;
  /** On the states 0…K−2; the mask is K − 1. */
  readonly transition: Transition;
  /** Of a state, from the mask. */
  readonly survival: Survival;
}

/** The four maps of `α Q_inner(s→t) ⊕ (1 − α) 1 e_mᵀ`, with m → m for certain, from those of the inner transition. */
export function maskedMaps({
  name,
  transition,
  survival,
}: MaskedMapsOptions): Pick<Transition, 'pull' | 'pullStates' | 'push' | 'pushStates'> {
  const mask = transition.numStates;
  const logMask = Float32Array.from({ length: mask + 1 }, (_, k) => (k === mask ? 0 : -Infinity));

  const logWeights = (caller: string, x: Tensor, s: Steps, t: Steps, rank: number): LogWeights =>
    logWeightsOf(survival, stepPairs(`${name}.${caller}`, s, t, { batchSize: x.shape[0]!, numSteps: transition.numSteps }), rank);

  /** Rows on the K − 1 states, and the column of the mask. */
  const split = (x: Tensor): readonly [Tensor, Tensor] => {
    const [start, positions] = [new Array<number>(x.rank - 1).fill(0), x.shape.slice(0, -1)];
    return [slice(x, [...start, 0], [...positions, mask]), slice(x, [...start, mask], [...positions, 1])];
  };

  /** What a state is, to choose between columns `[B, …N, 1]`; and states of the inner transition, any of them for a mask. */
  const unmasked = (states: Tensor) => {
    const isMask = expandDims(equal(states, scalar(mask, 'int32')), -1);
    const column = (value: Tensor | number): Tensor =>
      typeof value === 'number' ? fill(isMask.shape, value) : add(value, zeros(isMask.shape));
    return {
      inner: minimum(states, scalar(mask - 1, 'int32')),
      /** A log weight that depends on whether the state is the mask. */
      choose: (ifMask: Tensor | number, otherwise: Tensor | number): Tensor => where(isMask, column(ifMask), column(otherwise)),
    };
  };

  return {
    push: (logProbs, s, t) => {
      assertClassAxis(`${name}.push`, 'logProbs', logProbs, mask + 1);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('push', logProbs, s, t, logProbs.rank);
        const [states, masked] = split(logProbs);
        const kept = concat([add(transition.push(states, s, t), logKeep), masked], -1);
        return logAddExp(kept, add(add(logSumExpKept(states, -1), logRefresh), tensor1d(logMask)));
      });
    },

    pull: (logLikelihood, s, t) => {
      assertClassAxis(`${name}.pull`, 'logLikelihood', logLikelihood, mask + 1);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('pull', logLikelihood, s, t, logLikelihood.rank);
        const [states, masked] = split(logLikelihood);
        const kept = add(transition.pull(states, s, t), logKeep);
        return concat([logAddExp(kept, add(masked, logRefresh)), masked], -1);
      });
    },

    pushStates: (states, s, t) => {
      assertStates(`${name}.pushStates`, 'states', states, mask + 1);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('pushStates', states, s, t, states.rank + 1);
        const { inner, choose } = unmasked(states);
        return concat([add(transition.pushStates(inner, s, t), choose(-Infinity, logKeep)), choose(0, logRefresh)], -1);
      });
    },

    pullStates: (states, s, t) => {
      assertStates(`${name}.pullStates`, 'states', states, mask + 1);
      return tidy(() => {
        const { logKeep, logRefresh } = logWeights('pullStates', states, s, t, states.rank + 1);
        const { inner, choose } = unmasked(states);
        // One of the two is impossible, so that their sum is the larger.
        const column = maximum(add(transition.pullStates(inner, s, t), choose(-Infinity, logKeep)), choose(logRefresh, -Infinity));
        return concat([column, choose(0, -Infinity)], -1);
      });
    },
  };
}
