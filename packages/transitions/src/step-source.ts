import { D3pmError } from '@d3pm/core';
import { isKept } from './stationary-law.ts';
import { assertStochasticRows } from './stochastic-rows.ts';
import { supportOf, type Support } from './support.ts';

/** The step matrices of one position, each checked the first time it is made. */
export interface StepSource {
  /** Q_t, float64 `[K·K]`. */
  linear(t: number): Float64Array;
  /** log Q_t; −∞ only where the state is impossible. */
  log(t: number): Float64Array;
  /** Where Q_t is possible. */
  support(t: number): Support;
}

export interface StepSourceOptions {
  readonly name: string;
  readonly numStates: number;
  readonly numSteps: number;
  readonly centrosymmetric: boolean;
  /** π, if one is claimed. */
  readonly stationary: Float64Array | undefined;
  readonly step: (t: number) => Float64Array;
  readonly logStep: ((t: number) => Float64Array) | undefined;
}

/** Far above the rounding of a matrix made twice from one formula, far below a real asymmetry. */
const MIRROR_TOLERANCE = 1e-12;

export function stepSource({ name, numStates, numSteps, centrosymmetric, stationary, step, logStep }: StepSourceOptions): StepSource {
  const checked = new Uint8Array(numSteps + 1);
  // What holds for the upper half of a mirror image holds for the lower.
  const rowsToCheck = centrosymmetric ? Math.ceil(numStates / 2) : numStates;
  const isLawMirrored = stationary?.every((prob, state) => prob === stationary[numStates - 1 - state]);
  const columnsToCheck = isLawMirrored ? rowsToCheck : numStates;
  const linear = (t: number): Float64Array => {
    const matrix = step(t);
    if (!checked[t]) {
      assertStochasticRows(name, `Q_${t}`, matrix, { numStates, rowsToCheck });
      if (centrosymmetric) assertMirrored(name, t, matrix, numStates);
      if (stationary && !isKept(stationary, matrix, numStates, columnsToCheck)) {
        throw new D3pmError(
          'NO_STATIONARY',
          `${name}: Q_${t} does not keep the stationary law that was given; leave it out to have it found, or give a prior`,
        );
      }
      checked[t] = 1;
    }
    return matrix;
  };
  const log = (t: number): Float64Array => {
    const matrix = logStep ? logStep(t) : linear(t).map(Math.log);
    if (matrix.length !== numStates ** 2) {
      throw new D3pmError('SHAPE', `${name}: log Q_${t} has ${matrix.length} entries, expected ${numStates}×${numStates}`);
    }
    return matrix;
  };
  return {
    linear,
    log,
    support: (t) => {
      const size = { numStates, rows: numStates };
      const support = supportOf(step(t), 0, size);
      return support.bits !== undefined && logStep ? supportOf(log(t), -Infinity, size) : support;
    },
  };
}

function assertMirrored(name: string, t: number, matrix: Float64Array, numStates: number): void {
  const last = matrix.length - 1;
  for (let at = 0; at <= last >> 1; at++) {
    if (!(Math.abs(matrix[at]! - matrix[last - at]!) <= MIRROR_TOLERANCE)) {
      const [i, j] = [Math.floor(at / numStates), at % numStates];
      throw new D3pmError(
        'INVALID_OPTIONS',
        `${name}: Q_${t} is said to be centrosymmetric, but entry (${i}, ${j}) is ${matrix[at]} and its mirror image ${matrix[last - at]}; leave centrosymmetric out`,
      );
    }
  }
}
