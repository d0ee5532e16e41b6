import type { Plugin } from './plugin.ts';
import type { Rng } from './rng.ts';
import type { States } from './states.ts';

/** Examples of categorical data, one split of a data set, on the host. */
export interface Dataset {
  /** Names the data and the split in reports, for example `moby-dick/test`. */
  readonly name: string;
  /** Number of data states, without any mask. */
  readonly numStates: number;
  /** Shape of one example, `[…N]`. */
  readonly exampleShape: readonly number[];
  /** Number of examples in one pass. */
  readonly size: number;
  /** Examples by index, each in 0…size−1, as `[indices.length, …N]`. `rng` places random crops, if the split has them. */
  examples(indices: ArrayLike<number>, rng: Rng): States;
}

/** A named data set: reads local files, never the network. */
export interface DatasetPlugin<N extends string, O> extends Plugin<'dataset', N> {
  /** @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
  parse(options: unknown): O;
  load(options: O): Promise<Readonly<Record<string, Dataset>>>;
}
