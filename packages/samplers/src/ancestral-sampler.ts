import {
  absorbsIntoExtraMask,
  assertInteger,
  D3pmError,
  stepGrid,
  type Denoiser,
  type Prediction,
  type ReverseProcess,
  type States,
} from '@d3pm/core';
import type { AllowedStates } from './allowed-states.ts';
import { assertDecision, assertSampler } from './assert-sampler.ts';
import { countChanged } from './count-changed.ts';
import { drawRankOne, drawsRankOne } from './draw-rank-one.ts';
import { drawReverse } from './draw-reverse.ts';
import { drawUnmasked } from './draw-unmasked.ts';
import { inTurns } from './in-turns.ts';
import { networkReader, type NetworkReader } from './network-reader.ts';
import type { SamplerOptions, StepOptions } from './sampler-options.ts';
import type { SamplerState } from './sampler-state.ts';
import { startStates } from './start-states.ts';

export interface AncestralSamplerOptions<P extends Prediction> extends SamplerOptions, StepOptions {
  /** Its prediction is the one that `reverse` reads: another one does not compile. */
  readonly denoiser: Denoiser<NoInfer<P>>;
  readonly reverse: ReverseProcess<P>;
  /**
   * The step that `initial` is at, when that is not x_T: a corrupted example to be restored. The chain is then that of the first
   * `initialStep` steps, and `numSteps` are of these.
   *
   * @defaultValue T
   */
  readonly initialStep?: number;
}

/**
 * Samples the reverse process step by step:
 *
 *     x_T ~ p(x_T),   x_{t_{i−1}} ~ p_θ(x_{t_{i−1}} | x_{t_i}),   i = n…1
 *
 * with p_θ of Eq. (4) of Austin et al. (2021) or any other reverse process, over all T steps or over
 * n of them (Section 3.3). The law is exactly that of the n-step chain.
 *
 * Yields n + 1 states, x_T first. A draw depends on the seed, the index of the example, the step
 * and the position only: one batch of 8 is eight batches of 1, given the same logits. With an extra
 * absorbing mask, whether to unmask is drawn first and in float64, and the network is called for
 * the rows that change; a step in which none does costs no call. Under any other noise the logits of a time-free network
 * are kept for the rows that did not change, with the same samples; leaving the loop frees them.
 *
 * @throws {D3pmError} at once: `UNSOUND` for a denoiser of another prediction, or a direct one on
 * fewer than T steps or with a constraint, `SHAPE`, `STATE_RANGE`, and `INVALID_OPTIONS` unless 1 ≤ numSteps ≤ initialStep ≤ T, for an
 * initialStep below T without `initial`, or for a constraint that allows nothing somewhere. While it runs: `SHAPE`, `DTYPE`, `NON_FINITE` for what the denoiser returns.
 */
export function ancestralSampler<P extends Prediction>(options: AncestralSamplerOptions<P>): AsyncGenerator<SamplerState, void, undefined> {
  return inTurns(runReverseChain(options, assertReverseChain('ancestralSampler', options)));
}

/** What is done to x_s after the step that has drawn it, s ≥ 1. */
export type Correction = (states: States, s: number, network: NetworkReader) => Promise<States>;

export interface ReverseChain {
  readonly caller: string;
  /** t_0 = 0 … t_n = initialStep */
  readonly grid: Int32Array;
  readonly allowed: AllowedStates | undefined;
  readonly correct?: Correction;
}

/** The chain of some options, checked. */
export function assertReverseChain<P extends Prediction>(caller: string, options: AncestralSamplerOptions<P>): ReverseChain {
  const { transition, reverse, initial, initialStep = transition.numSteps, numSteps = initialStep, lastStep = 'sample' } = options;
  const allowed = assertSampler(caller, options);
  assertInteger(caller, 'initialStep', initialStep, 1, transition.numSteps);
  if (initialStep < transition.numSteps && !initial) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: initialStep is ${initialStep} of ${transition.numSteps} and initial is missing: only x_T has a law of its own; give x_${initialStep} as initial, or leave initialStep out`,
    );
  }
  assertInteger(caller, 'numSteps', numSteps, 1, initialStep);
  assertDecision(caller, 'lastStep', lastStep);
  if (reverse.prediction === 'direct' && numSteps < initialStep) {
    throw new D3pmError(
      'UNSOUND',
      `${caller}: a direct prediction is of x_{t−1} and has no form for ${numSteps} of ${initialStep} steps; leave numSteps out`,
    );
  }
  return { caller, grid: stepGrid(initialStep, numSteps), allowed };
}

export async function* runReverseChain<P extends Prediction>(
  options: AncestralSamplerOptions<P>,
  { caller, grid, allowed, correct }: ReverseChain,
): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, denoiser, reverse, rng, lastStep = 'sample', firstExample = 0 } = options;
  const unmasks = reverse.unmasksIndependently && absorbsIntoExtraMask(transition);
  const held = transition.absorbing && allowed;
  const mixes = drawsRankOne(transition, reverse);
  let states = await startStates(options, allowed);
  yield { t: grid.at(-1)!, states, networkCalls: 0, networkRows: 0, changed: 0 };
  const network = networkReader(caller, denoiser, allowed);
  try {
    for (let i = grid.length - 1; i >= 1; i--) {
      const [s, t] = [grid[i - 1]!, grid[i]!];
      const decision = s === 0 ? lastStep : 'sample';
      // The first step of the chain has readings of its own, and may be a mode.
      const drawStep = unmasks ? drawUnmasked : mixes && s > 0 ? drawRankOne : drawReverse;
      const previous = states;
      states = await drawStep({
        caller,
        transition,
        network,
        reverse,
        held,
        states,
        s,
        t,
        decision,
        rng: rng.split('step', t),
        firstExample,
      });
      if (correct && s > 0) states = await correct(states, s, network);
      if (s > 0) network.settle();
      else network.dispose();
      yield { t: s, states, networkCalls: network.calls, networkRows: network.rows, changed: countChanged(previous, states) };
    }
  } finally {
    network.dispose();
  }
}
