import { D3pmError } from './errors.ts';
import type { Transition } from './transition.ts';

/** How far a sum of K float64 terms may be from 1. */
const SUM_TOLERANCE = 1e-9;

/**
 * Throws unless `dataLaw` can be the law of one x_0: K probabilities, none on an extra mask.
 *
 * @throws {D3pmError} `SHAPE` for another length, `NOT_STOCHASTIC` for what is no distribution, `INVALID_DATA` for mass
 * on a mask that the data never shows.
 */
export function assertDataLaw(
  caller: string,
  { numStates, extraMask }: Pick<Transition, 'extraMask' | 'numStates'>,
  dataLaw: ArrayLike<number>,
): void {
  if (dataLaw.length !== numStates) {
    const mask = extraMask !== undefined && dataLaw.length === numStates - 1 ? `; the mask counts: give state ${extraMask} the mass 0` : '';
    throw new D3pmError(
      'SHAPE',
      `${caller}: dataLaw has ${dataLaw.length} probabilities, expected one for each of ${numStates} states${mask}`,
    );
  }
  let sum = 0;
  for (let i = 0; i < numStates; i++) {
    const mass = dataLaw[i]!;
    if (!(mass >= 0 && mass < Infinity)) {
      throw new D3pmError('NOT_STOCHASTIC', `${caller}: dataLaw gives state ${i} the mass ${mass}, expected a probability ≥ 0`);
    }
    sum += mass;
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) {
    throw new D3pmError('NOT_STOCHASTIC', `${caller}: dataLaw sums to ${sum}, expected 1 to ${SUM_TOLERANCE}; divide counts by their sum`);
  }
  if (extraMask !== undefined && dataLaw[extraMask]! > 0) {
    throw new D3pmError(
      'INVALID_DATA',
      `${caller}: dataLaw gives the mask, state ${extraMask}, the mass ${dataLaw[extraMask]}, expected 0: data never shows an extra mask`,
    );
  }
}
