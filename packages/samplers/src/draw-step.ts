import { D3pmError, type ReverseProcess, type Rng, type States, type Transition } from '@d3pm/core';
import type { AllowedStates } from './allowed-states.ts';
import type { NetworkReader } from './network-reader.ts';
import type { Decision } from './sampler-options.ts';

/** One reverse step of a batch, all on the host. */
export interface DrawStepInput {
  readonly caller: string;
  readonly transition: Transition;
  readonly network: NetworkReader;
  readonly reverse: ReverseProcess;
  /** Whose fixed positions keep their state, unread: those of absorbing noise, where they are not masked even if all else is. */
  readonly held?: AllowedStates | undefined;
  /** x_t, `[B, …N]`. */
  readonly states: States;
  readonly s: number;
  readonly t: number;
  /** Whether x_s is drawn or the mode. */
  readonly decision: Decision;
  /** The stream of this step: example b draws from `rng.split(firstExample + b)`. */
  readonly rng: Rng;
  readonly firstExample: number;
}

/** x_s, `[B, …N]`; `states` itself when nothing changed. */
export type DrawStep = (input: DrawStepInput) => Promise<States>;

/** The most probable class of a row, the first of equals; −1 when one is NaN or none is possible. */
export function argmaxOfLogProbs(logProbs: ArrayLike<number>, offset: number, numStates: number): number {
  let best = -1;
  let top = -Infinity;
  for (let k = 0; k < numStates; k++) {
    const value = logProbs[offset + k]!;
    if (Number.isNaN(value)) return -1;
    if (value > top) [best, top] = [k, value];
  }
  return best;
}

export function impossibleRow(caller: string, example: number, position: number, t: number): D3pmError {
  return new D3pmError(
    'NON_FINITE',
    `${caller}: example ${example}, position ${position} at step ${t} has NaN or no possible class; check the denoiser's logits for NaN and infinities`,
  );
}
