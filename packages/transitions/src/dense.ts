import { keep, tensor2d } from '@tensorflow/tfjs-core';
import { assertInteger, assertShape, stepPairs, type Prior, type Transition } from '@d3pm/core';
import { createByteCache } from './byte-cache.ts';
import { bytesPerStep, chainTables } from './chain-tables.ts';
import type { LogTable } from './log-table-map.ts';
import { assertPrior } from './assert-prior.ts';
import { stationaryLaw } from './stationary-law.ts';
import { stepSource } from './step-source.ts';
import { assertDistribution } from './stochastic-rows.ts';
import { tableMaps } from './table-maps.ts';
import { assertTableSize, DEFAULT_TABLE_BYTES } from './table-size.ts';

export interface DenseOptions {
  readonly name: string;
  /** K */
  readonly numStates: number;
  /** T */
  readonly numSteps: number;
  /** N, when Q_t depends on the position. */
  readonly positions?: number;
  /**
   * Q_t, t ∈ 1…T, float64 `[K·K]` row-major, rows sum to 1. Called when it is needed and again when it
   * is needed again, with the same result; its array must not change afterwards.
   */
  step(t: number, position: number): Float64Array;
  /**
   * log Q_t, for families whose entries no float64 can hold: −∞ only where it is impossible.
   *
   * @defaultValue The logarithm of `step`, where 0 is impossible.
   */
  readonly logStep?: (t: number, position: number) => Float64Array;
  /** π, float64 `[K]`, kept by every step. @defaultValue Found from the steps, when there is no `prior` either. */
  readonly stationary?: Float64Array;
  /** p(x_T). @defaultValue π */
  readonly prior?: Prior;
  /** A state that the data never shows, in 0…K−1. */
  readonly extraMask?: number;
  /** Whether every Q_t equals itself when both axes are reversed: half the memory, a quarter of the work. */
  readonly centrosymmetric?: boolean;
  /** Of all tables together. @defaultValue 1 GiB */
  readonly maxTableBytes?: number;
}

/** Of log tables on the device: 256 of them at K = 256, four times the largest stack that maps make. */
const DEVICE_BYTES = 2 ** 26;

/**
 * The transition of any row-stochastic Q_t, as tables that are made when they are needed:
 *
 *     Q(s→t) = Q_{s+1} ⋯ Q_t
 *
 * Products are in float64. Up to K = 64 they are kept so; above, in float32, and `toDense` goes back to float64
 * by a few products from the nearest one kept. log Q(s→t) is right where float64 underflows (by
 * products of logarithms): a float32, with a relative error of 6e-8 in the logarithm itself. `push` and `pull`
 * are a matrix product where float32 carries the linear values, and a log-sum-exp over every entry,
 * O(K²) exponentials a row, where it does not; their logarithms are right to about 1e-6.
 *
 * A chain that is periodic has a stationary law and never forgets x_0: L_T says by how much.
 *
 * @throws {D3pmError} `TABLE_TOO_LARGE` for tables beyond `maxTableBytes`; `NO_STATIONARY` when neither π nor a
 * prior is given and the steps keep no common law; and, when a step is first used, `NOT_STOCHASTIC` with its worst
 * row, `SHAPE` or `INVALID_OPTIONS`; the last at once for a mask that is none of the states.
 */
export function dense(options: DenseOptions): Transition {
  const { name, numStates, numSteps, positions, step, logStep, extraMask } = options;
  const { centrosymmetric = false, maxTableBytes = DEFAULT_TABLE_BYTES } = options;
  assertInteger(name, 'numStates', numStates, 1);
  assertInteger(name, 'numSteps', numSteps, 1);
  if (positions !== undefined) assertInteger(name, 'positions', positions, 1);
  if (extraMask !== undefined) assertInteger(name, 'extraMask', extraMask, 0, numStates - 1);
  const count = positions ?? 1;
  assertTableSize(
    name,
    `${numSteps}${count > 1 ? ` × ${count}` : ''} tables of ${numStates}×${numStates}`,
    numSteps * count * bytesPerStep(numStates, centrosymmetric),
    maxTableBytes,
  );

  if (options.stationary) {
    assertShape(name, 'stationary', { shape: [options.stationary.length] }, [numStates]);
    assertDistribution(name, 'stationary', options.stationary);
  }
  const sources = Array.from({ length: count }, (_, n) =>
    stepSource({
      name,
      numStates,
      numSteps,
      centrosymmetric,
      stationary: options.stationary,
      step: (t) => step(t, n),
      logStep: logStep && ((t) => logStep(t, n)),
    }),
  );
  const tables = sources.map((steps) => chainTables({ numStates, centrosymmetric, steps }));
  const deviceTables = createByteCache<LogTable>({
    limit: DEVICE_BYTES,
    bytesOf: () => 4 * numStates ** 2,
    onEvict: ({ logProbs }) => logProbs.dispose(),
  });

  /** The table of one position; it is ours, and stays until the next call at least. */
  const deviceTable = (s: number, t: number, position: number): LogTable =>
    deviceTables.getOrCreate(s === t ? 'identity' : `${position} ${s} ${t}`, () => {
      const logs = tables[position]!.log(s, t);
      return { logProbs: keep(tensor2d(logs, [numStates, numStates])), smallest: logs.reduce((least, entry) => Math.min(least, entry), 0) };
    });

  const { stationary = options.prior ? undefined : commonLaw(), prior = { kind: 'fixed', probs: stationary! } } = options;
  assertPrior(name, prior, { numStates, positions });

  function commonLaw(): Float64Array {
    return stationaryLaw(name, numStates, function* () {
      for (const source of sources) for (let t = 1; t <= numSteps; t++) yield source.linear(t);
    });
  }

  return {
    name,
    numStates,
    numSteps,
    ...(positions !== undefined && { positions }),
    ...(stationary && { stationary }),
    prior,
    ...(extraMask !== undefined && { extraMask }),
    ...tableMaps({ name, numStates, numSteps, positions, table: deviceTable }),
    toDense: (s, t, position = 0) => {
      stepPairs(`${name}.toDense`, s, t, { batchSize: 1, numSteps });
      assertInteger(`${name}.toDense`, 'position', position, 0, count - 1);
      return tables[position]!.linear(s, t);
    },
    rowProbs: (state, s, t, position = 0) => {
      // Called for every state of a batch: only a pair that is wrong is worth the arrays of the check.
      if (!(s >= 0 && s <= t && t <= numSteps && Number.isInteger(s) && Number.isInteger(t)))
        stepPairs(`${name}.rowProbs`, s, t, { batchSize: 1, numSteps });
      assertInteger(`${name}.rowProbs`, 'state', state, 0, numStates - 1);
      assertInteger(`${name}.rowProbs`, 'position', position, 0, count - 1);
      return tables[position]!.row(state, s, t);
    },
    dispose: () => {
      deviceTables.clear();
      for (const table of tables) table.clear();
    },
  };
}
