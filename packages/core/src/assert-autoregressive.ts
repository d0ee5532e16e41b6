import { D3pmError } from './errors.ts';
import type { Transition } from './transition.ts';

/**
 * Throws unless a chain is the autoregressive one of Section 4, N positions and N steps into an extra mask:
 *
 *     [x_t]_i = [x_0]_i   if i < N − t,   else the mask
 *
 * Each of its steps reveals one position, so its bound is Σ_i −log f(x_0,i | x_0,<i) and needs no noise. Told by the rows of
 * one state of the data, for the family may be anybody's.
 *
 * @throws {D3pmError} `UNSOUND`.
 */
export function assertAutoregressive(caller: string, transition: Transition): void {
  const { name, numSteps, positions, extraMask } = transition;
  if (extraMask !== undefined && positions === numSteps && masksFromTheEnd(transition, extraMask)) return;
  throw new D3pmError(
    'UNSOUND',
    `${caller}: ${name} does not mask one position a step, the last one first; take the autoregressive transition, or a loss and a sampler for any chain`,
  );
}

function masksFromTheEnd(transition: Transition, mask: number): boolean {
  const { numStates: K, numSteps: N } = transition;
  const state = mask === 0 ? 1 : 0;
  const chance = (to: number, t: number, position: number): number =>
    transition.rowProbs ? transition.rowProbs(state, 0, t, position)[to]! : transition.toDense(0, t, position)[state * K + to]!;
  for (let position = 0; position < N; position++) {
    const lifted = N - position;
    if (chance(state, lifted - 1, position) !== 1 || chance(mask, lifted, position) !== 1) return false;
  }
  return true;
}
