import type { BatchRange } from '@d3pm/eval';
import type { HostTensor } from '@d3pm/train';
import type { JsonObject } from '@d3pm/train/node';

/** What a shard keeps. */
export type ShardTensors = Readonly<Record<string, HostTensor>>;

/** Files by name, and a line for people. */
export interface JobResult {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly summary: string;
}

/** Work on batches that do not depend on each other: all at once or in shards, the result has the same bytes. */
export interface Job {
  readonly numBatches: number;
  /** Units of progress. */
  unitsIn(range: BatchRange): number;
  work(range: BatchRange, done: (units: number) => void): Promise<ShardTensors>;
  /** The result, from what all shards keep, in their order, and what they were computed by, each but once. */
  finish(shards: readonly ShardTensors[], computedBy: readonly JsonObject[]): Promise<JobResult>;
  dispose(): void;
}

/** All that decides the result of a job, as JSON: what its shards must have in common. */
export interface JobSpec extends JsonObject {
  readonly verb: 'eval' | 'sample' | 'score';
  /** Of the run, without what only its saving needs. */
  readonly config: JsonObject;
  /** SHA-256 of the weights, or of the samples that are scored. */
  readonly weights: string;
  readonly step: number;
  readonly options: JsonObject;
}

/** As a person has typed it. */
export function commandOf({ verb, options }: JobSpec): string {
  return 'prompt' in options ? 'infill' : verb;
}

/** Batches of a shard: all of them, as even as can be, in their order. */
export function batchesOf({ index, count }: { readonly index: number; readonly count: number }, numBatches: number): BatchRange {
  return { from: Math.floor((index * numBatches) / count), to: Math.floor(((index + 1) * numBatches) / count) };
}
