import {
  absorbsIntoExtraMask,
  assertDenoiserFits,
  assertShape,
  assertStateRange,
  D3pmError,
  positionsOf,
  type Denoiser,
  type ReverseProcess,
  type States,
} from '@d3pm/core';
import { allowedStates, type AllowedStates } from './allowed-states.ts';
import { assertSampleShape } from './sample-prior.ts';
import type { SamplerOptions } from './sampler-options.ts';

export interface CheckedOptions extends Omit<SamplerOptions, 'rng'> {
  readonly denoiser: Denoiser;
  readonly reverse?: ReverseProcess;
}

/** What every sampler asks before any work, and its constraint made ready. */
export function assertSampler(caller: string, options: CheckedOptions): AllowedStates | undefined {
  const { transition, denoiser, reverse, shape, initial, constraint } = options;
  assertSampleShape(caller, transition, shape);
  assertDenoiserFits(caller, { transition, denoiser, ...(reverse && { reverse }) });
  if (initial) {
    assertShape(caller, 'initial', initial, shape);
    assertStateRange(caller, 'initial', initial, transition.numStates);
  }
  if (!constraint) return undefined;
  if (denoiser.prediction === 'direct') {
    throw new D3pmError('UNSOUND', `${caller}: a constraint is of x_0, and a direct prediction has no f of it; leave the constraint out`);
  }
  const allowed = allowedStates(caller, constraint, options);
  if (initial && transition.absorbing) assertInitialAllowed(caller, initial, allowed, transition.absorbing.maskState);
  return allowed;
}

/** As {@link assertSampler}, for a sampler that reads f at a masked position and nowhere else. */
export function assertAbsorbingSampler(caller: string, options: CheckedOptions): AllowedStates | undefined {
  const { transition, denoiser } = options;
  if (!absorbsIntoExtraMask(transition)) {
    throw new D3pmError(
      'UNSOUND',
      `${caller}: ${transition.name} does not absorb into an extra mask; take ancestralSampler, which is for any chain`,
    );
  }
  assertPredictsData(caller, denoiser);
  return assertSampler(caller, options);
}

/** Throws `UNSOUND` for a network that has no f. */
export function assertPredictsData(caller: string, { prediction }: Pick<Denoiser, 'prediction'>): void {
  if (prediction === 'denoiser' || prediction === 'leave-one-out') return;
  throw new D3pmError('UNSOUND', `${caller}: the denoiser predicts "${prediction}", expected "denoiser" or "leave-one-out"`);
}

/** What absorbing noise has left unmasked stays as it is. */
function assertInitialAllowed(caller: string, initial: States, allowed: AllowedStates, mask: number): void {
  const positions = positionsOf(initial);
  initial.values.forEach((state, i) => {
    const [example, position] = [Math.floor(i / positions), i % positions];
    if (state === mask || allowed.allows(example, position, state)) return;
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: initial has state ${state} in example ${example} at position ${position}, which the constraint does not allow; mask it (${mask}), or allow it`,
    );
  });
}

/** Throws `INVALID_OPTIONS` unless `decision` is one. */
export function assertDecision(caller: string, argument: string, decision: unknown): void {
  if (decision === 'sample' || decision === 'argmax') return;
  throw new D3pmError('INVALID_OPTIONS', `${caller}: ${argument} is "${String(decision)}", expected "sample" or "argmax"`);
}
