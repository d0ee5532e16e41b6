import { knownDownloads } from '../download/known-downloads.ts';

export type Lm1bSplit = 'train' | 'test';

const [TRAIN, TEST] = knownDownloads.lm1b.members as readonly [string, string];
/** The shards of the archive: training is 1…99 of 100, held out is 0…49 of 50. */
const SPLITS: Readonly<
  Record<Lm1bSplit, { readonly prefix: string; readonly first: number; readonly of: string; readonly count: number }>
> = {
  train: { prefix: TRAIN, first: 1, of: '00100', count: 99 },
  test: { prefix: TEST, first: 0, of: '00050', count: 50 },
};

/** Shards that a split has. */
export const numShards = (split: Lm1bSplit): number => SPLITS[split].count;

/** Names of the first `count` shards of a split in the archive, by their number. */
export function shardNames(split: Lm1bSplit, count: number): readonly string[] {
  const { prefix, first, of } = SPLITS[split];
  return Array.from({ length: count }, (_, i) => `${prefix}${String(first + i).padStart(5, '0')}-of-${of}`);
}
