/**
 * The states that x_0 may have, by position; {@link fixStates} and {@link allowStates} make one. Wherever a sampler reads f, it reads f
 * restricted to them and renormalised: log f = −∞ elsewhere. Which law that is:
 *
 * - **Absorbing noise**: a position with one state starts unmasked at T and is never masked again, so the network sees it
 *   from the first call on, and the others follow the model's own conditional in its any-order sense. With an exact network that is
 *   p(x_0 | the fixed positions). A set of several states is renormalised position by position, which conditions on
 *   it where nothing later depends on it, and is near to it elsewhere.
 * - **A causal network** drawn in order: exact for what is fixed in front; behind it, renormalised position by position.
 * - **Any other noise**: f is restricted in each step, and x_T drawn from the prior, restricted to what an allowed x_0 leads to. All samples
 *   obey; the law is not the conditional one.
 */
export interface Constraint {
  /** Not 0 where a state may stand, row-major `[N, K]`, alike for every example, or `[B, N, K]`. That of an extra mask is not read. */
  readonly allowed: Uint8Array;
}

/** The sizes of a constraint: a `Transition` has them. */
export interface ConstraintSetting {
  /** K */
  readonly numStates: number;
  /** A state that data never is. */
  readonly extraMask?: number;
  /** N. Positions that are not mentioned, at the end, are free. @defaultValue as many as mentioned */
  readonly positions?: number;
}
