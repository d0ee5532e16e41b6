import type { MaskCountWeights } from '@d3pm/core';
import type { BatchTerms } from './bound-accumulator.ts';
import type { MaskedDraw } from './masked-draw.ts';
import type { WeighedChain } from './weighed-chain.ts';

/** Unbiased estimates of the parts of one chain: w_n / p_n · (nats − n · cost) + Σ_n w_n n · cost. */
export function maskedTerms({ all, first }: WeighedChain, { counts, probs, nats, steps }: MaskedDraw, cost: number): BatchTerms {
  const estimate = (weight: number, b: number): number => (weight === 0 ? 0 : (weight / probs[b]!) * (nats[b]! - counts[b]! * cost));
  const firstMasked = expectedMasked(first);
  const laterMasked = expectedMasked(all) - firstMasked;
  const firstWeights = nats.map((_, b) => {
    if (!steps) return first.weights[counts[b]!]!;
    return steps[b] === 1 ? all.weights[counts[b]!]! : 0;
  });
  // Each part by its own weight: the difference of two that are ∞ would be none.
  return {
    reconstruction: firstWeights.map((weight, b) => estimate(weight, b) + firstMasked * cost),
    diffusion: firstWeights.map((weight, b) => estimate(all.weights[counts[b]!]! - weight, b) + laterMasked * cost),
  };
}

/** Σ_n w_n n: how many masked positions a chain pays for. */
function expectedMasked({ weights }: MaskCountWeights): number {
  return weights.reduce((sum, weight, n) => sum + weight * n, 0);
}

/**
 * The control variate: nats per masked position, as far as earlier batches tell. What a chain comes
 * to if every masked position costs this is known, so only the difference is estimated: still
 * unbiased, and exact for a network whose masked positions all cost the same.
 */
export interface MaskedCost {
  readonly nats: number;
  add(draw: MaskedDraw): void;
}

/** Before the first batch: a guess among the states of the data. */
export function maskedCost(numDataStates: number): MaskedCost {
  let nats = Math.log(numDataStates);
  let masked = 1;
  return {
    get nats() {
      return nats / masked;
    },
    add: (draw) => {
      draw.nats.forEach((value, b) => {
        if (value === Infinity) return;
        nats += value;
        masked += draw.counts[b]!;
      });
    },
  };
}
