import { keep, tensor2d } from '@tensorflow/tfjs-core';
import { assertInteger, assertSchedule, stepPairs, type NoiseSchedule, type Prior, type Transition } from '@d3pm/core';
import { assertPrior } from '../assert-prior.ts';
import { createByteCache } from '../byte-cache.ts';
import type { LogTable } from '../log-table-map.ts';
import { tableMaps } from '../table-maps.ts';
import { assertTableSize, DEFAULT_TABLE_BYTES } from '../table-size.ts';
import { assertOnePart } from './connected-parts.ts';
import { generatorExponential } from './generator-exponential.ts';
import { matrixExponentialGenerator } from './matrix-exponential-generator.ts';
import { matrixExponentialTables } from './matrix-exponential-tables.ts';

export interface MatrixExponentialOptions {
  readonly name: string;
  /** β_t, what step t adds to α; ∞ for a step to the stationary law. */
  readonly schedule: NoiseSchedule<'rate'>;
  /**
   * R, float64 `[K·K]` row by row: the rate of jumping from i to j, as often as back, and −Σ of the others of its row on the diagonal, so
   * that rows sum to 0.
   */
  readonly generator: Float64Array;
  /** p(x_T). @defaultValue The uniform law, which needs a generator whose states all reach each other. */
  readonly prior?: Prior;
  /** A state that the data never shows, in 0…K−1. */
  readonly extraMask?: number;
  /** Of the tables that are kept on the host, of which each takes 8 K² bytes. @defaultValue 1 GiB */
  readonly maxTableBytes?: number;
}

/** Of log tables on the device, four times the largest stack that maps make. */
const DEVICE_BYTES = 2 ** 26;
/** Matrices of K×K that there are at the least: the generator, its eigenvectors and a table while it is made. */
const WORKING_TABLES = 6;

/**
 * The transition of a symmetric generator, as in Appendices A.2.4 and A.4.2 of Austin et al. (2021):
 *
 *     Q(s→t) = exp(α(s→t) R),   α(s→t) = Σ_{s<u≤t} β_u
 *
 * Doubly stochastic, π uniform; all steps commute, so that a table is that of its α, and several (s, t) share
 * it. It is made when it is needed, by one of three ways:
 *
 *     V exp(αΛ) Vᵀ             one eigendecomposition for all, where the smallest entry is 2⁻¹³ and more
 *     Σ_n e^{−x} xⁿ/n! Pⁿ       and squarings, all terms ≥ 0, for smaller entries
 *     the same in logarithms   where float64 underflows (α^d / d! at a distance of d jumps)
 *
 * so that each entry is right to a relative 1e-10, however small. Impossible are all jumps at α = 0, and else those to
 * states that no path leads to. Matrices are K×K, and the eigendecomposition takes seconds at K = 512.
 *
 * @throws {D3pmError} `SHAPE`, `NOT_STOCHASTIC` or `INVALID_OPTIONS` for a generator that is none or is not symmetric, or a mask that is none of the states,
 * `NO_STATIONARY` naming two states that never meet, unless there is a prior, `TABLE_TOO_LARGE`, and what `assertSchedule`
 * throws.
 */
export function matrixExponential({
  name,
  schedule,
  generator,
  prior: given,
  extraMask,
  maxTableBytes = DEFAULT_TABLE_BYTES,
}: MatrixExponentialOptions): Transition {
  assertSchedule(name, 'rate', schedule);
  const { numSteps, noise } = schedule;
  assertTableSize(
    name,
    `${WORKING_TABLES} tables of the generator's ${generator.length} entries`,
    WORKING_TABLES * generator.byteLength,
    maxTableBytes,
  );
  const rows = matrixExponentialGenerator(name, generator);
  const { numStates } = rows;
  if (extraMask !== undefined) assertInteger(name, 'extraMask', extraMask, 0, numStates - 1);
  if (!given) assertOnePart(name, rows, 'let the generator join them, or give a prior');
  const stationary = new Float64Array(numStates).fill(1 / numStates);
  const prior = given ?? { kind: 'fixed', probs: stationary };
  assertPrior(name, prior, { numStates, positions: undefined });

  const tables = matrixExponentialTables(rows, { maxBytes: maxTableBytes });
  const deviceTables = createByteCache<LogTable>({
    limit: DEVICE_BYTES,
    bytesOf: () => 4 * numStates ** 2,
    onEvict: ({ logProbs }) => logProbs.dispose(),
  });
  const exponential = generatorExponential({ name, numStates, noise, push: (probs, rate) => rowTimes(probs, tables.linear(rate)) });
  const { rate } = exponential;
  const deviceTable = (s: number, t: number): LogTable => {
    const alpha = rate(s, t);
    return deviceTables.getOrCreate(`${alpha}`, () => {
      const logs = tables.log(alpha);
      const smallest = logs.reduce((least, entry) => Math.min(least, entry), 0);
      return { logProbs: keep(tensor2d(new Float32Array(logs), [numStates, numStates])), smallest };
    });
  };
  const assertSteps = (caller: string, s: number, t: number): void => {
    stepPairs(`${name}.${caller}`, s, t, { batchSize: 1, numSteps });
  };

  return {
    name,
    numStates,
    numSteps,
    stationary,
    prior,
    ...(extraMask !== undefined && { extraMask }),
    exponential,
    ...tableMaps({ name, numStates, numSteps, positions: undefined, table: deviceTable }),
    toDense: (s, t) => {
      assertSteps('toDense', s, t);
      return tables.linear(rate(s, t));
    },
    rowProbs: (state, s, t) => {
      assertSteps('rowProbs', s, t);
      assertInteger(`${name}.rowProbs`, 'state', state, 0, numStates - 1);
      return tables.linear(rate(s, t)).subarray(state * numStates, (state + 1) * numStates);
    },
    dispose: () => {
      deviceTables.clear();
      tables.clear();
    },
  };
}

/** `row table`, without the products of zeros. */
function rowTimes(row: Float64Array, table: Float64Array): Float64Array {
  const numStates = row.length;
  const product = new Float64Array(numStates);
  for (let i = 0; i < numStates; i++) {
    const weight = row[i]!;
    if (weight === 0) continue;
    for (let j = 0, at = i * numStates; j < numStates; j++, at++) product[j]! += weight * table[at]!;
  }
  return product;
}
