import { absorbsIntoExtraMask } from './absorbs-into-extra-mask.ts';
import { D3pmError } from './errors.ts';
import type { RankOne, Transition } from './transition.ts';

/**
 * r(s,t) = (ᾱ_s − ᾱ_t) / (1 − ᾱ_t): the probability that a position masked at t is clean at s.
 * For β_t = (T − t + 1)⁻¹ it is (t − s)/t; at s = 0 it is 1. Where nothing can be
 * masked yet (1 − ᾱ_t = 0) it is 0.
 *
 * @throws {D3pmError} `UNSOUND` unless the transition absorbs into an extra mask.
 */
export function absorbingStepWeight(transition: Transition, s: number, t: number): number {
  const { keep, refresh } = absorbingSurvival('absorbingStepWeight', transition);
  const unmasked = keep(0, s) * refresh(s, t);
  return unmasked === 0 ? 0 : unmasked / refresh(0, t);
}

/** The survival of a process whose closed forms hold. */
export function absorbingSurvival(caller: string, transition: Transition): RankOne {
  if (!absorbsIntoExtraMask(transition)) {
    throw new D3pmError(
      'UNSOUND',
      `${caller}: ${transition.name} does not absorb into an extra mask, so this closed form does not hold; use the general bound`,
    );
  }
  return transition.rankOne;
}
