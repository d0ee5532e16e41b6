import type { Denoiser, ExtraMaskAbsorption } from '@d3pm/core';
import type { AllowedStates } from './allowed-states.ts';
import { countChanged } from './count-changed.ts';
import { drawLifted } from './draw-lifted.ts';
import { liftEvents, type LiftEvent } from './lift-events.ts';
import { networkReader } from './network-reader.ts';
import type { Decision, SamplerOptions } from './sampler-options.ts';
import type { SamplerState } from './sampler-state.ts';
import { startStates } from './start-states.ts';

/** Sampling in which every example goes to its own next event. */
export interface EventRun {
  readonly caller: string;
  /** t_0 = 0 … t_n = T */
  readonly grid: Int32Array;
  readonly allowed: AllowedStates | undefined;
  /** For the step to 0. */
  readonly lastStep: Decision;
  /** How many of the coming events of an example are one: they are drawn from one call. */
  readonly together: (coming: readonly LiftEvent[]) => number;
}

export interface EventOptions extends SamplerOptions {
  readonly denoiser: Denoiser<'denoiser' | 'leave-one-out'>;
}

export async function* runEvents(
  options: EventOptions,
  { caller, grid, allowed, lastStep, together }: EventRun,
): AsyncGenerator<SamplerState, void, undefined> {
  const { denoiser, rng, firstExample = 0 } = options;
  const transition = options.transition as ExtraMaskAbsorption;
  let states = await startStates(options, allowed);
  const coming = liftEvents({ transition, states, grid, rng, firstExample });
  const network = networkReader(caller, denoiser, allowed);
  const nextSteps = (): Int32Array => Int32Array.from(coming, ([next]) => (next ? grid[next.step]! : 0));
  let t = transition.numSteps;
  let exampleSteps = nextSteps();
  const cost = (): { networkCalls: number; networkRows: number } => ({ networkCalls: network.calls, networkRows: network.rows });
  yield { t, exampleSteps, states, ...cost(), changed: 0 };
  while (t > 0) {
    const previous = states;
    const last = coming.map(([next]) => next?.step === 1);
    const lifted = coming.flatMap((events, example) => events.splice(0, together(events)).map(({ position }) => ({ example, position })));
    if (lifted.length > 0) {
      const values = await drawLifted({
        caller,
        network,
        states,
        lifted,
        t: exampleSteps,
        mask: transition.absorbing.maskState,
        decisionOf: (example) => (last[example] ? lastStep : 'sample'),
        uniformOf: ({ example, position }) => rng.split('state', firstExample + example).float64(position),
        firstExample,
      });
      states = { values, shape: states.shape };
    }
    exampleSteps = nextSteps();
    t = exampleSteps.reduce((highest, step) => Math.max(highest, step), 0);
    yield { t, exampleSteps, states, ...cost(), changed: countChanged(previous, states) };
  }
}
