import { assertInteger, type Denoiser, type States } from '@d3pm/core';
import type { AllowedStates } from './allowed-states.ts';
import { assertPredictsData, assertSampler } from './assert-sampler.ts';
import { countChanged } from './count-changed.ts';
import { drawGibbs } from './draw-gibbs.ts';
import { fullSupport } from './full-support.ts';
import { inTurns } from './in-turns.ts';
import { networkReader } from './network-reader.ts';
import type { SamplerOptions } from './sampler-options.ts';
import type { SamplerState } from './sampler-state.ts';
import { startStates } from './start-states.ts';

export interface GibbsSamplerOptions extends SamplerOptions {
  /** Of x_0: a direct prediction has no leave-one-out law. */
  readonly denoiser: Denoiser<'denoiser' | 'leave-one-out'>;
  /** x_t to start from, `[B, …N]`. */
  readonly initial: States;
  /** The step that all states are at and stay at, 1…T. */
  readonly t: number;
  /** How many positions of each example are drawn anew, one after another. */
  readonly rounds: number;
}

/**
 * Leave-one-out Gibbs sampling at one step t: in each round a random position n of every example is drawn from what the network says of
 * it given the others,
 *
 *     x_t,n ~ Σ_c loo(c) Q̄_t[c, ·]
 *
 * with loo converted from f where the network is a denoiser. It keeps q_t, exactly if the network is exact, for any Q; a wrong network
 * has its own law. Under absorbing noise the network is asked with the position masked. Where Q̄_t has zeros and the network is a denoiser,
 * loo is not determined by f; then c ~ f and x_t,n ~ Q̄_t[c, ·], which keeps q_t too, and moves less.
 *
 * Yields rounds + 1 states, all at t; a round is one call. Leaving the loop frees the logits that are kept.
 *
 * @throws {D3pmError} at once: `UNSOUND` for a direct prediction, `SHAPE`, `STATE_RANGE`, `INVALID_OPTIONS`. While it runs: `SHAPE`, `DTYPE`,
 * `NON_FINITE` for what the denoiser returns.
 */
export function gibbsSampler(options: GibbsSamplerOptions): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, denoiser, t, rounds } = options;
  const allowed = assertSampler('gibbsSampler', options);
  assertPredictsData('gibbsSampler', denoiser);
  assertInteger('gibbsSampler', 't', t, 1, transition.numSteps);
  assertInteger('gibbsSampler', 'rounds', rounds, 0);
  return inTurns(run(options, allowed));
}

async function* run(options: GibbsSamplerOptions, allowed: AllowedStates | undefined): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, denoiser, rng, t, rounds, firstExample = 0 } = options;
  const shared = { caller: 'gibbsSampler', transition, prediction: denoiser.prediction, allowed, hasFullSupport: fullSupport(transition) };
  let states = await startStates(options, allowed);
  yield { t, states, networkCalls: 0, networkRows: 0, changed: 0 };
  const network = networkReader('gibbsSampler', denoiser, allowed);
  try {
    for (let round = 0; round < rounds; round++) {
      const previous = states;
      states = await drawGibbs({ ...shared, network, states, s: t, rng: rng.split('gibbs', t, round), firstExample });
      if (round + 1 < rounds) network.settle();
      else network.dispose();
      yield { t, states, networkCalls: network.calls, networkRows: network.rows, changed: countChanged(previous, states) };
    }
  } finally {
    network.dispose();
  }
}
