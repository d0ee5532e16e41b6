import { stepGrid, type Denoiser } from '@d3pm/core';
import { assertAbsorbingSampler } from './assert-sampler.ts';
import { inTurns } from './in-turns.ts';
import { runEvents } from './run-events.ts';
import type { SamplerOptions } from './sampler-options.ts';
import type { SamplerState } from './sampler-state.ts';

export interface FirstHittingSamplerOptions extends SamplerOptions {
  /** Either prediction: at a mask both are f. */
  readonly denoiser: Denoiser<'denoiser' | 'leave-one-out'>;
}

/**
 * Samples the limit T → ∞ of an absorbing process with an extra mask, where no two masks of an example lift at once: one
 * position per example and call, in uniformly random order, at most L calls whatever T is.
 *
 * A time-free network needs nothing else, and the law is that of every schedule. One that is told the time gets the step t in which the
 * continuous time falls: the 1 − ᾱ of a position that lifts is uniform below 1 − ᾱ_T, and t is the step with
 * 1 − ᾱ_{t−1} ≤ 1 − ᾱ < 1 − ᾱ_t. So the survival function of the schedule is interpolated between its steps, and by what rising
 * curve does not matter; for β_t = (T − t + 1)⁻¹ it is α linear in time.
 *
 * The times are those of {@link eventSampler} with the same seed: where no two positions of an example lift in one step, so are the samples.
 *
 * @throws {D3pmError} as {@link eventSampler}.
 */
export function firstHittingSampler(options: FirstHittingSamplerOptions): AsyncGenerator<SamplerState, void, undefined> {
  const allowed = assertAbsorbingSampler('firstHittingSampler', options);
  const { numSteps } = options.transition;
  const grid = stepGrid(numSteps, numSteps);
  return inTurns(runEvents(options, { caller: 'firstHittingSampler', grid, allowed, lastStep: 'sample', together: () => 1 }));
}
