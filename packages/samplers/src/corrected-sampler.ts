import { assertInteger } from '@d3pm/core';
import { assertReverseChain, runReverseChain, type AncestralSamplerOptions, type Correction } from './ancestral-sampler.ts';
import { assertPredictsData } from './assert-sampler.ts';
import { drawGibbs } from './draw-gibbs.ts';
import { fullSupport } from './full-support.ts';
import { inTurns } from './in-turns.ts';
import type { SamplerState } from './sampler-state.ts';

export interface CorrectedSamplerOptions<P extends 'denoiser' | 'leave-one-out'> extends AncestralSamplerOptions<P> {
  /** Rounds of {@link gibbsSampler} after every step to s ≥ 1: in each a random position of every example is drawn anew. */
  readonly rounds: number;
}

/**
 * Predictor and corrector: {@link ancestralSampler}, with rounds of {@link gibbsSampler} after each step to s ≥ 1. If the network is exact, the
 * rounds keep q_s, and bring nearer to it what a long step or positions drawn apart have missed; with a wrong network the law is another
 * than that of the chain. Zero rounds are the ancestral sampler. Costs a call a round.
 *
 * @throws {D3pmError} as {@link ancestralSampler}; `UNSOUND` for a direct prediction.
 */
export function correctedSampler<P extends 'denoiser' | 'leave-one-out'>(
  options: CorrectedSamplerOptions<P>,
): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, denoiser, rng, rounds, firstExample = 0 } = options;
  const chain = assertReverseChain('correctedSampler', options);
  assertPredictsData('correctedSampler', denoiser);
  assertInteger('correctedSampler', 'rounds', rounds, 0);
  const shared = {
    caller: 'correctedSampler',
    transition,
    prediction: denoiser.prediction,
    allowed: chain.allowed,
    hasFullSupport: fullSupport(transition),
    firstExample,
  };
  const correct: Correction = async (drawn, s, network) => {
    let states = drawn;
    for (let round = 0; round < rounds; round++) {
      states = await drawGibbs({ ...shared, network, states, s, rng: rng.split('gibbs', s, round) });
    }
    return states;
  };
  return inTurns(runReverseChain(options, { ...chain, correct }));
}
