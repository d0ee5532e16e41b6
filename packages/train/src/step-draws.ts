import type { Rng } from '@d3pm/core';
import type { ExampleRange } from './example-range.ts';

/** The steps of some examples of a batch. */
export interface DrawnSteps {
  /** `[count]`, each in 1…T. */
  readonly t: Int32Array;
  /** 1 / (T p_t), `[count]`: with it a mean over examples has the expectation that t uniform on 1…T has. Absent: 1. */
  readonly weights?: Float64Array;
}

/** How a loss draws the steps of its examples. */
export interface StepDraws {
  /** T */
  readonly numSteps: number;
  /** A pure function of the stream and of where the examples are in their batch. */
  draw(count: number, range: ExampleRange & { readonly rng: Rng }): DrawnSteps;
}
