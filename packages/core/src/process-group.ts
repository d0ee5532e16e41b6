/**
 * Processes that compute one thing together, each with its own part of it. Every member calls the same operations in the same order: one that
 * does not leaves the others waiting. One operation runs at a time; the next one waits for it.
 */
export interface ProcessGroup {
  /** Number of this process, 0…size − 1. */
  readonly rank: number;
  /** How many there are. */
  readonly size: number;
  /** Number of this process among those of its host, for the choice of a card. */
  readonly localRank: number;
  /** How many of them are on its host, which share its cores. */
  readonly localSize: number;
  /** What carries it, for people: `Open MPI 4.1.4`. */
  readonly transport: string;
  /**
   * Replaces each number by its sum over the members. They all get the same bits, and the same members with the same numbers always do;
   * their count is the same everywhere. The array must not be touched until then.
   */
  sum(values: Float32Array | Float64Array): Promise<void>;
  /** Replaces the bytes by those of the member `root`, 0 unless given; their count is the same everywhere. */
  broadcast(bytes: Uint8Array, root?: number): Promise<void>;
  /** Resolves when all members have come here. */
  barrier(): Promise<void>;
  /** Leaves the group, when all members do; twice is harmless. A member that ends without it takes the others down. */
  close(): Promise<void>;
}
