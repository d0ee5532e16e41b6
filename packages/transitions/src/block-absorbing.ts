import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import {
  assertInteger,
  assertOptionNames,
  D3pmError,
  stepPairs,
  survival,
  type NoiseSchedule,
  type Survival,
  type Transition,
  type TransitionPlugin,
} from '@d3pm/core';
import { assertPositions } from './assert-positions.ts';
import { defineTransition } from './define-transition.ts';
import { rankOneMaps } from './rank-one-maps.ts';
import { assertTableSize } from './table-size.ts';

export interface BlockAbsorbingOptions {
  /** N, the length of every sequence. */
  readonly positions: number;
  /** Positions of a block; divides N. 1 is the autoregressive order, N is `absorbing`. */
  readonly blockSize: number;
  /** m, which no data shows. @defaultValue K − 1 */
  readonly maskState?: number;
}

/**
 * Absorbing noise block by block, between the absorbing and the autoregressive process of Section 4 of Austin et al. (2021).
 * The schedule is that of one block, β_1 … β_τ; the chain has T = (N / blockSize) · τ steps. Blocks are
 * masked from the last one to the first, each by an absorbing process of its own:
 *
 *     Q(s→t) = Q_absorbing(u_b(s)→u_b(t)) at the positions of block b,   u_b(t) = min(max(t − (N / blockSize − 1 − b) τ, 0), τ)
 *
 * so that a sampler writes from the left to the right, and the positions of one block together. With β_τ = 1, as
 * in (τ − t + 1)⁻¹, a block is masked for certain before the next one begins.
 *
 * The mask is extra: data never shows it. π and the prior are the point mass on it. Q depends on the position,
 * so that the closed forms of `absorbing`, which need one survival for all positions, are not claimed. O(K) a row, no table.
 */
export const blockAbsorbing: TransitionPlugin<'block-absorbing', BlockAbsorbingOptions, 'jump-probability'> =
  /* @__PURE__ */ defineTransition({
    name: 'block-absorbing',
    unit: 'jump-probability',
    parse: (options): BlockAbsorbingOptions => {
      const { positions, blockSize, maskState } = assertOptionNames('block-absorbing', options, ['positions', 'blockSize', 'maskState']);
      assertInteger('block-absorbing', 'positions', positions, 1);
      assertInteger('block-absorbing', 'blockSize', blockSize, 1, positions);
      if (positions % blockSize !== 0) {
        throw new D3pmError(
          'INVALID_OPTIONS',
          `block-absorbing: blockSize is ${blockSize}, expected a divisor of the ${positions} positions`,
        );
      }
      if (maskState !== undefined) assertInteger('block-absorbing', 'maskState', maskState, 0);
      return { positions, blockSize, ...(maskState !== undefined && { maskState }) };
    },
    create: ({ numStates, schedule }, options) => absorbingBlocks({ name: 'block-absorbing', numStates, schedule, ...options }),
  });

export interface AbsorbingBlocksOptions extends BlockAbsorbingOptions {
  readonly name: string;
  readonly numStates: number;
  /** Of one block. */
  readonly schedule: NoiseSchedule<'jump-probability'>;
}

/** The transition of {@link blockAbsorbing}, under any name. */
export function absorbingBlocks({
  name,
  numStates,
  schedule,
  positions,
  blockSize,
  maskState = numStates - 1,
}: AbsorbingBlocksOptions): Transition {
  assertInteger(name, 'maskState', maskState, 0, numStates - 1);
  const blockSteps = schedule.numSteps;
  const numBlocks = positions / blockSize;
  const numSteps = numBlocks * blockSteps;
  const { keep, refresh } = survival(schedule);
  const target = new Float64Array(numStates);
  target[maskState] = 1;
  const scratch = new Float64Array(numStates);

  /** `weight` of each block from s to t. */
  const weightOf = (weight: Survival['keep'], s: number, t: number, block: number): number => {
    const before = (numBlocks - 1 - block) * blockSteps;
    const stepIn = (step: number): number => Math.min(Math.max(step - before, 0), blockSteps);
    return weight(stepIn(s), stepIn(t));
  };
  const blockAt = (caller: string, s: number, t: number, position: number): number => {
    stepPairs(`${name}.${caller}`, s, t, { batchSize: 1, numSteps });
    assertInteger(`${name}.${caller}`, 'position', position, 0, positions - 1);
    return Math.floor(position / blockSize);
  };

  return {
    name,
    numStates,
    numSteps,
    positions,
    stationary: target,
    prior: { kind: 'fixed', probs: target },
    extraMask: maskState,

    ...rankOneMaps({
      name,
      target,
      logWeights: (caller, shape, s, t) => {
        assertPositions(`${name}.${caller}`, shape, positions);
        const pairs = stepPairs(`${name}.${caller}`, s, t, { batchSize: shape[0]!, numSteps });
        const columns = (weight: Survival['keep']): Tensor => {
          const logs = new Float32Array(shape[0]! * positions);
          for (let at = 0; at < logs.length; at += blockSize) {
            const example = Math.floor(at / positions);
            const block = (at % positions) / blockSize;
            logs.fill(Math.log(weightOf(weight, pairs.s[example]!, pairs.t[example]!, block)), at, at + blockSize);
          }
          return tensor(logs, [...shape, 1]);
        };
        return { logKeep: columns(keep), logRefresh: columns(refresh) };
      },
    }),

    toDense: (s, t, position = 0) => {
      const block = blockAt('toDense', s, t, position);
      assertTableSize(`${name}.toDense`, `a ${numStates}×${numStates} float64 table`, 8 * numStates ** 2);
      const matrix = new Float64Array(numStates ** 2);
      for (let i = 0; i < numStates; i++) {
        matrix[i * numStates + i] = weightOf(keep, s, t, block);
        matrix[i * numStates + maskState]! += weightOf(refresh, s, t, block);
      }
      return matrix;
    },
    rowProbs: (state, s, t, position = 0) => {
      const block = blockAt('rowProbs', s, t, position);
      assertInteger(`${name}.rowProbs`, 'state', state, 0, numStates - 1);
      scratch.fill(0);
      scratch[state] = weightOf(keep, s, t, block);
      scratch[maskState]! += weightOf(refresh, s, t, block);
      return scratch;
    },
    dispose: () => {},
  };
}
