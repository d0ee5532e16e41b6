import type { ReverseProcess } from '@d3pm/core';
import type { Estimate } from './estimate.ts';

export type BoundEstimator = 'exact-count' | 'full-sum' | 'stratified-steps' | 'weighted-steps';

/** What a bound is a bound of: print it with the number. */
export interface BoundConvention {
  readonly transition: string;
  readonly reverse: ReverseProcess['name'];
  /** What p(x_0 | x_1) is. */
  readonly firstStep: ReverseProcess['firstStep'];
  /** T of the transition. */
  readonly numSteps: number;
  /** n of the T steps: the bound is that of the n-step chain. */
  readonly chainSteps: number;
  readonly estimator: BoundEstimator;
  /** Independent replicates of each example. */
  readonly replicates: number;
}

/** An upper bound on −log p(x_0), Eq. (1), its three parts apart. */
export interface BoundReport {
  /** L_vb = L_T + Σ L_{t−1} + L_0 */
  readonly total: Estimate;
  /** L_T, exact: its Monte-Carlo error is 0. */
  readonly prior: Estimate;
  /** Σ L_{t−1} over all steps but the first. */
  readonly diffusion: Estimate;
  /** L_0 = −log p_θ(x_0 | x_1), at the first step of the chain. */
  readonly reconstruction: Estimate;
  /** Nats of each step of the chain, index i − 1 is step t_{i−1}→t_i; the first is L_0. A full sum only. */
  readonly perStepNats?: Float64Array;
  /** The bound of each example in nats, the mean of its replicates, in the order that they were taken; float64 `[numExamples]`. */
  readonly exampleNats: Float64Array;
  readonly numExamples: number;
  /** Positions of one example: what bits per dimension divide by. */
  readonly positions: number;
  readonly networkCalls: number;
  readonly convention: BoundConvention;
}
