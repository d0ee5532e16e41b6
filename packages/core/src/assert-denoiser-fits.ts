import type { Denoiser } from './denoiser.ts';
import { D3pmError } from './errors.ts';
import type { ReverseProcess } from './reverse-process.ts';
import type { Transition } from './transition.ts';

export interface DenoiserPairing {
  readonly transition: Transition;
  readonly denoiser: Pick<Denoiser, 'numStates' | 'numSteps' | 'prediction'>;
  /** Absent where only the prediction of x_0 is used. */
  readonly reverse?: Pick<ReverseProcess, 'name' | 'prediction'>;
}

/**
 * Throws unless a network, a chain and a reverse process are made for each other: what samplers, evaluations and trainers
 * ask before any work.
 *
 * @throws {D3pmError} `UNSOUND` for a prediction that the process does not read, or a network that is told the steps of a
 * chain of another length; `SHAPE` for another number of states.
 */
export function assertDenoiserFits(caller: string, { transition, denoiser, reverse }: DenoiserPairing): void {
  if (reverse !== undefined && denoiser.prediction !== reverse.prediction) {
    throw new D3pmError(
      'UNSOUND',
      `${caller}: the denoiser predicts "${denoiser.prediction}" and the ${reverse.name} process reads "${reverse.prediction}"; take a reverse process that reads what it predicts`,
    );
  }
  if (denoiser.numStates !== transition.numStates) {
    const mask = transition.extraMask !== undefined ? ', its mask included' : '';
    throw new D3pmError(
      'SHAPE',
      `${caller}: denoiser has ${denoiser.numStates} states, expected the ${transition.numStates} of ${transition.name}${mask}; make it with numStates: ${transition.numStates}`,
    );
  }
  if (denoiser.numSteps !== undefined && denoiser.numSteps !== transition.numSteps) {
    throw new D3pmError(
      'UNSOUND',
      `${caller}: the denoiser is told steps of 1…${denoiser.numSteps}, ${transition.name} has ${transition.numSteps}; make both for one chain, and ask for fewer steps by numSteps where that is an option`,
    );
  }
}
