import { absorbingStepWeight, D3pmError, type ExtraMaskAbsorption } from '@d3pm/core';

/** What happens to a position in one step t → s. */
export interface RemaskingRates {
  /** Probability that a mask lifts. */
  readonly lift: number;
  /** σ_t, probability that what is not masked is masked again. */
  readonly remask: number;
}

/**
 * σ_t = strength · min(1, (1 − ᾱ_s)/ᾱ_t), a share of what is legal, and the probability that a mask lifts in return:
 *
 *     1 − (1 − ᾱ_s − σ_t ᾱ_t)/(1 − ᾱ_t) = r(s,t) + σ_t ᾱ_t/(1 − ᾱ_t)
 *
 * The share of masks at s is 1 − ᾱ_s for every strength.
 */
export function remaskingRates(transition: ExtraMaskAbsorption, s: number, t: number, strength: number): RemaskingRates {
  const { keep, refresh } = transition.rankOne;
  const [masked, clean] = [refresh(0, s), keep(0, t)];
  const remask = strength * (masked >= clean ? Number(masked > 0) : masked / clean);
  const lift = absorbingStepWeight(transition, s, t);
  return { remask, lift: clean === 0 || remask === 0 ? lift : lift + (remask * clean) / refresh(0, t) };
}

/** Throws `INVALID_OPTIONS` unless `strength` is a share. */
export function assertStrength(caller: string, strength: unknown, t?: number): void {
  if (typeof strength === 'number' && strength >= 0 && strength <= 1) return;
  const at = t === undefined ? '' : ` at step ${t}`;
  throw new D3pmError('INVALID_OPTIONS', `${caller}: strength is ${String(strength)}${at}, expected 0…1, a share of the largest legal one`);
}
