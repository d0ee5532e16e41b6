import { assertInteger, stepGrid, type Denoiser } from '@d3pm/core';
import { assertAbsorbingSampler, assertDecision } from './assert-sampler.ts';
import { inTurns } from './in-turns.ts';
import type { LiftEvent } from './lift-events.ts';
import { runEvents } from './run-events.ts';
import type { SamplerOptions, StepOptions } from './sampler-options.ts';
import type { SamplerState } from './sampler-state.ts';

export interface EventSamplerOptions extends SamplerOptions, StepOptions {
  /** Either prediction: at a mask both are f. */
  readonly denoiser: Denoiser<'denoiser' | 'leave-one-out'>;
}

/**
 * Samples an absorbing process with an extra mask from event to event: exactly the law of {@link ancestralSampler} on the same grid (Section 3.3), at a
 * fraction of its calls. When a mask lifts does not depend on f, so the step of every position is drawn
 * first, by inversion in float64; each example then goes to its own next event, and one call serves the next events of all
 * that have one left, each at its own t. Positions of an example that lift in one step are drawn from one call.
 *
 * Calls: the most events of an example, at most min(L, numSteps); about 126 where the chain has 1000 steps, L = 128 and a batch of 64.
 *
 * Yields x_T, then the states after each call; `exampleSteps` says where each example is. A draw depends on the seed, the example
 * and the position only. Other numbers than ancestralSampler uses, so the samples of a seed differ from its samples.
 *
 * @throws {D3pmError} at once: `UNSOUND` for any other process or a direct prediction, `SHAPE`, `STATE_RANGE`, `INVALID_OPTIONS`. While it
 * runs: `SHAPE`, `DTYPE`, `NON_FINITE` for what the denoiser returns.
 */
export function eventSampler(options: EventSamplerOptions): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, numSteps = transition.numSteps, lastStep = 'sample' } = options;
  const allowed = assertAbsorbingSampler('eventSampler', options);
  assertInteger('eventSampler', 'numSteps', numSteps, 1, transition.numSteps);
  assertDecision('eventSampler', 'lastStep', lastStep);
  const grid = stepGrid(transition.numSteps, numSteps);
  return inTurns(runEvents(options, { caller: 'eventSampler', grid, allowed, lastStep, together: sameStep }));
}

function sameStep(coming: readonly LiftEvent[]): number {
  const other = coming.findIndex(({ step }) => step !== coming[0]!.step);
  return other < 0 ? coming.length : other;
}
