import {
  assertInteger,
  assertSchedule,
  assertShape,
  D3pmError,
  stepPairs,
  survival as survivalOf,
  type NoiseSchedule,
  type Prior,
  type Transition,
} from '@d3pm/core';
import { assertPrior } from './assert-prior.ts';
import { lowRankCore } from './low-rank-core.ts';
import { lowRankMaps } from './low-rank-maps.ts';
import { matrixProduct } from './matrix-product.ts';
import { stationaryLaw } from './stationary-law.ts';
import { assertDistribution, assertRows } from './stochastic-rows.ts';
import { assertTableSize } from './table-size.ts';

export interface LowRankMixingOptions {
  readonly name: string;
  /** K */
  readonly numStates: number;
  /** β_t: with this probability step t draws the state anew. */
  readonly schedule: NoiseSchedule<'jump-probability'>;
  /** U, where a state is drawn from: a law on a sources for each state; float64 `[K·a]` row-major. */
  readonly encode: Float64Array;
  /**
   * S_t, a law on b targets for each source; float64 `[a·b]`, for every step or by step t ∈ 1…T. A function is
   * called again for the same t, with the same result; its array must not change afterwards.
   */
  readonly core: Float64Array | ((t: number) => Float64Array);
  /** V, what it is drawn to: a law on the states for each target; float64 `[b·K]`. */
  readonly decode: Float64Array;
  /** π, float64 `[K]`, kept by every step. @defaultValue Found from the steps, when there is no `prior` either. */
  readonly stationary?: Float64Array;
  /** p(x_T). @defaultValue π */
  readonly prior?: Prior;
  /** A state that the data never shows. */
  readonly extraMask?: number;
}

/** How far π Q_t may be from π. */
const STATIONARY_TOLERANCE = 1e-10;

/**
 * The transition that keeps a state or draws it anew by way of a few sources and targets: clusters, topics, several masks.
 * A low-rank Q_t as Appendix A.4.1 of Austin et al. (2021) proposes for large K:
 *
 *     Q_t = (1 − β_t) I + β_t U S_t V,   Q(s→t) = α(s→t) I + U G(s→t) V
 *     G(s→t+1) = (1 − β_{t+1}) G + β_{t+1} (α I + G V U) S_{t+1},   α = Π_{s<u≤t} (1 − β_u)
 *
 * G is a×b, in float64, from non-negative terms alone. Maps take O(K (a + b)) a row in the log domain, and no K×K table is
 * made but by `toDense`. The G(0→t) are kept, T·a·b numbers; another s costs t − s products of that size, kept for a while.
 *
 * π is found for any K, as w V with w the law of the b-state chain V U S_t: exactly when all steps keep one. With hard
 * clusters that never meet there is more than one, and S_t that differ by step mostly share none: give `stationary` or `prior`.
 *
 * @throws {D3pmError} `SHAPE` for factors that do not fit together, `NOT_STOCHASTIC` for rows that are no distribution
 * (those of a later S_t when it is first used), `NO_STATIONARY` when neither π nor a prior is given and the steps keep no
 * common law, or not the one given, and what `assertSchedule` throws.
 */
export function lowRankMixing(options: LowRankMixingOptions): Transition {
  const { name, numStates, schedule, encode, decode, extraMask } = options;
  assertInteger(name, 'numStates', numStates, 1);
  assertSchedule(name, 'jump-probability', schedule);
  const sources = rankOf(name, 'encode', encode, numStates);
  const targets = rankOf(name, 'decode', decode, numStates);
  assertRows(name, 'encode (U)', encode, sources, numStates);
  assertRows(name, 'decode (V)', decode, numStates, targets);
  if (extraMask !== undefined) assertInteger(name, 'extraMask', extraMask, 0, numStates - 1);
  const { numSteps } = schedule;
  const survival = survivalOf(schedule);
  const core = checkedCore(options, sources, targets);
  const again = matrixProduct(decode, encode, { rows: targets, inner: numStates, columns: sources });
  const mixed = lowRankCore({ sources, targets, schedule, survival, again, core });

  const everyStep = [...schedule.noise.keys()].map((step) => step + 1);
  const movingSteps = everyStep.filter((t) => schedule.noise[t - 1]! > 0);
  const distinctSteps = options.core instanceof Float64Array || movingSteps.length === 0 ? [1] : movingSteps;
  if (options.stationary) assertKept(options.stationary);
  const { stationary = options.prior ? undefined : commonLaw(), prior = { kind: 'fixed', probs: stationary! } } = options;
  assertPrior(name, prior, { numStates, positions: undefined });

  /** π U S_t V of a law on the states. */
  function redrawn(law: Float64Array, t: number): Float64Array {
    const bySource = matrixProduct(law, encode, { rows: 1, inner: numStates, columns: sources });
    const byTarget = matrixProduct(bySource, core(t), { rows: 1, inner: sources, columns: targets });
    return matrixProduct(byTarget, decode, { rows: 1, inner: targets, columns: numStates });
  }

  function commonLaw(): Float64Array {
    const law = stationaryLaw(`${name}, of its ${targets} targets`, targets, function* () {
      for (const t of distinctSteps) yield matrixProduct(again, core(t), { rows: targets, inner: sources, columns: targets });
    });
    return matrixProduct(law, decode, { rows: 1, inner: targets, columns: numStates });
  }

  function assertKept(law: Float64Array): void {
    assertShape(name, 'stationary', { shape: [law.length] }, [numStates]);
    assertDistribution(name, 'stationary', law);
    const wrong = distinctSteps.find((t) => redrawn(law, t).some((prob, state) => Math.abs(prob - law[state]!) > STATIONARY_TOLERANCE));
    if (wrong !== undefined) {
      throw new D3pmError(
        'NO_STATIONARY',
        `${name}: Q_${wrong} does not keep the stationary law that was given; leave it out to have it found, or give a prior`,
      );
    }
  }

  /** Row `state` of U G(s→t), `[b]`. */
  const targetsOf = (state: number, s: number, t: number): Float64Array =>
    matrixProduct(encode.subarray(state * sources, (state + 1) * sources), mixed(s, t), { rows: 1, inner: sources, columns: targets });
  const fillRow = (row: Float64Array, state: number, s: number, t: number): Float64Array => {
    row.fill(0);
    targetsOf(state, s, t).forEach((weight, target) => {
      for (let j = 0; j < numStates; j++) row[j]! += weight * decode[target * numStates + j]!;
    });
    row[state]! += survival.keep(s, t);
    return row;
  };
  const scratch = new Float64Array(numStates);

  return {
    name,
    numStates,
    numSteps,
    ...(stationary && { stationary }),
    prior,
    ...(extraMask !== undefined && { extraMask }),
    ...lowRankMaps({ name, numStates, numSteps, encode, decode, survival, mixed }),
    toDense: (s, t) => {
      stepPairs(`${name}.toDense`, s, t, { batchSize: 1, numSteps });
      assertTableSize(`${name}.toDense`, `a ${numStates}×${numStates} float64 table`, 8 * numStates ** 2);
      const matrix = new Float64Array(numStates ** 2);
      for (let i = 0; i < numStates; i++) fillRow(matrix.subarray(i * numStates, (i + 1) * numStates), i, s, t);
      return matrix;
    },
    rowProbs: (state, s, t) => {
      stepPairs(`${name}.rowProbs`, s, t, { batchSize: 1, numSteps });
      assertInteger(`${name}.rowProbs`, 'state', state, 0, numStates - 1);
      return fillRow(scratch, state, s, t);
    },
  };
}

/** How many columns U has, or rows V. */
function rankOf(name: string, argument: string, factor: Float64Array, numStates: number): number {
  const rank = factor.length / numStates;
  if (!Number.isInteger(rank) || rank < 1) {
    throw new D3pmError('SHAPE', `${name}: ${argument} has ${factor.length} entries, expected a multiple of the ${numStates} states`);
  }
  return rank;
}

/** S_t, each checked when it is first used. */
function checkedCore({ name, core, schedule }: LowRankMixingOptions, sources: number, targets: number): (t: number) => Float64Array {
  const checked = new Uint8Array(schedule.numSteps + 1);
  const assertCore = (argument: string, matrix: Float64Array): void => {
    if (matrix.length !== sources * targets) {
      throw new D3pmError('SHAPE', `${name}: ${argument} has ${matrix.length} entries, expected ${sources}×${targets}: sources by targets`);
    }
    assertRows(name, argument, matrix, targets, sources);
  };
  if (core instanceof Float64Array) {
    assertCore('core (S)', core);
    return () => core;
  }
  return (t) => {
    const matrix = core(t);
    if (!checked[t]) assertCore(`core (S_${t})`, matrix);
    checked[t] = 1;
    return matrix;
  };
}
