import type { States } from '@d3pm/core';

/** What a sampler yields: x_t of every example, on the host, and what it has cost so far. */
export interface SamplerState {
  /** The step these states are at: T first, 0 last. */
  readonly t: number;
  /** `[B, …N]`; never written to again. */
  readonly states: States;
  /** Calls of the network since the start. */
  readonly networkCalls: number;
  /** Positions, over the whole batch, that differ from the state yielded before. */
  readonly changed: number;
}
