import type { EngineInfo } from '@d3pm/engine';
import type { Goal } from './goal.ts';

/** Engines that a work can be measured on. */
export const engines = ['native', 'wasm'] as const;
export type Engine = (typeof engines)[number];

/** Programs that do the same work in Python: a file of `peers/` each. */
export const peers = ['numpy', 'torch', 'jax'] as const;
export type Peer = (typeof peers)[number];

/** A row of the table: one piece of work, of one size. */
export interface Work {
  /** Also the name by which the peers know it. */
  readonly name: string;
  readonly title: string;
  readonly engines: readonly Engine[];
  readonly peers: readonly Peer[];
  readonly goals: readonly Goal[];
  /** Seconds of one repetition are many: a block is one of them. @defaultValue false */
  readonly slow?: boolean;
  prepare(engine: EngineInfo): Promise<PreparedWork> | PreparedWork;
}

/** Numbers besides times, by what they are. */
export interface Facts {
  /** Of the network that is trained or sampled: the same for every peer, or there is no comparison. */
  readonly parameters?: number;
  /** Largest |L − L₆₄| / L₆₄. */
  readonly relativeError?: number;
  /** Of arrays that are kept when the work is done. */
  readonly keptBytes?: number;
  /** Anything else worth a line, such as where the largest error is. */
  readonly note?: string;
}

export interface PreparedWork {
  readonly facts?: Facts;
  /** Does the work `repetitions` times, to the end. Absent: what is asked is in the facts. */
  readonly run?: () => unknown;
  /** @defaultValue 1 */
  readonly repetitions?: number;
}
