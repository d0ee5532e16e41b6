import type { Transition } from '@d3pm/core';

/**
 * What to say of a process without a finite bound: L_T = KL(q(x_T | x_0) ‖ p(x_T)) is +∞ when a position may still hold an x_0 that the
 * prior excludes, as under absorbing noise whose last β_T is below 1. Training does not notice, for L_T is a constant of it.
 *
 * @returns undefined where L_T is finite, and for families and priors without a closed form.
 */
export function infinitePriorWarning({ name, prior, rankOne, numSteps, extraMask }: Transition): string | undefined {
  if (prior.kind === 'learned' || rankOne === undefined) return undefined;
  const keep = rankOne.keep(0, numSteps);
  if (keep === 0 || !prior.probs.some((prob, state) => prob === 0 && state !== extraMask)) return undefined;
  return `no bound of this run will be finite: after all ${numSteps} steps ${(100 * keep).toPrecision(2)} % of the positions still hold x_0, and the prior of ${name} excludes it; choose a schedule that ends, such as inverse-remaining`;
}
