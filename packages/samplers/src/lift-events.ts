import { firstAbove, positionsOf, type ExtraMaskAbsorption, type Rng, type States } from '@d3pm/core';

/** A position, and the step of a grid in which its mask lifts: step i goes from t_i to t_{i−1}. */
export interface LiftEvent {
  readonly position: number;
  /** 1…n */
  readonly step: number;
}

export interface LiftEventsInput {
  readonly transition: ExtraMaskAbsorption;
  /** x_T, `[B, …N]`. */
  readonly states: States;
  /** t_0 = 0 … t_n = T */
  readonly grid: Int32Array;
  readonly rng: Rng;
  readonly firstExample: number;
}

/**
 * When the masks of each example lift, the first event first. A position masked at T is still so at s with probability
 * (1 − ᾱ_s)/(1 − ᾱ_T), whatever f and the other positions are: with u uniform it lifts in the step i for which
 *
 *     (1 − ᾱ_{t_{i−1}})/(1 − ᾱ_T) ≤ u < (1 − ᾱ_{t_i})/(1 − ᾱ_T)
 *
 * In float64, from `rng.split('lift', example)`, number n. The order of u is the order of continuous time, and a uniform one. A chain that masks
 * nothing lifts nothing.
 */
export function liftEvents({ transition, states, grid, rng, firstExample }: LiftEventsInput): LiftEvent[][] {
  const { rankOne, absorbing } = transition;
  const total = rankOne.refresh(0, grid.at(-1)!);
  const cumulative = Float64Array.from(grid, (t) => rankOne.refresh(0, t) / total);
  const positions = positionsOf(states);
  return Array.from({ length: states.shape[0]! }, (_, b) => {
    const stream = rng.split('lift', firstExample + b);
    const masked: { position: number; level: number }[] = [];
    for (let n = 0; total > 0 && n < positions; n++) {
      if (states.values[b * positions + n] === absorbing.maskState) masked.push({ position: n, level: stream.float64(n) });
    }
    masked.sort((one, other) => other.level - one.level || one.position - other.position);
    return masked.map(({ position, level }) => ({ position, step: firstAbove(cumulative, level) }));
  });
}
