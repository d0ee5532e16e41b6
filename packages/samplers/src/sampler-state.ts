import type { States } from '@d3pm/core';

/** What a sampler yields: x_t of every example, on the host, and what it has cost so far. */
export interface SamplerState {
  /** The step these states are at: T first, 0 last. After T, of examples at different steps, the highest. */
  readonly t: number;
  /** `[B]`, where each example goes to its own next event: the step of that event, 0 when none is left. */
  readonly exampleSteps?: Int32Array;
  /** `[B, …N]`; never written to again. */
  readonly states: States;
  /** Calls of the network since the start. */
  readonly networkCalls: number;
  /** Examples sent in all of these calls together: what the calls cost, where a call is not full. */
  readonly networkRows: number;
  /** Positions, over the whole batch, that differ from the state yielded before. */
  readonly changed: number;
}
