import type { Rng, States, Transition } from '@d3pm/core';
import type { Constraint } from './constraint.ts';

/** What samplers of every kind are told. */
export interface SamplerOptions {
  readonly transition: Transition;
  /** `[B, …N]`: how many examples, and the shape of one. */
  readonly shape: readonly number[];
  readonly rng: Rng;
  /** x_T to start from, `[B, …N]`. Absent: drawn from the prior. */
  readonly initial?: States;
  /**
   * Index of the first example: example b draws as number firstExample + b, so that a large sample
   * can be made in several batches.
   *
   * @defaultValue 0
   */
  readonly firstExample?: number;
  /** States that x_0 may have, by position: infilling. @defaultValue any */
  readonly constraint?: Constraint;
}

/** How x_0 is made of p_θ(x_0 | x_t): drawn, or its mode, which biases the samples. */
export type Decision = 'argmax' | 'sample';

/** A chain of n of the T steps. */
export interface StepOptions {
  /**
   * n of the T steps, on the grid t_i = ⌈iT/n⌉; n need not divide T. The network still gets the
   * steps of the whole chain.
   *
   * @defaultValue T
   */
  readonly numSteps?: number;
  /**
   * How x_0 is made of p_θ(x_0 | x_t): drawn, or its mode as in the authors' code, which biases
   * the samples.
   *
   * @defaultValue 'sample'
   */
  readonly lastStep?: Decision;
}
