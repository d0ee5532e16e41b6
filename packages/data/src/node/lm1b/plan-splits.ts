import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { join, resolve } from 'node:path';
import { assertInteger } from '@d3pm/core';
import { numShards, shardNames, type Lm1bSplit } from './lm1b-shards.ts';
import type { Lm1bSource } from './lm1b-source.ts';
import type { ReadLm1bOptions } from './read-lm1b.ts';
import type { TokenKey } from './token-file.ts';

/** What a split is made of, and where its tokens are kept. */
export interface SplitPlan {
  readonly split: string;
  /** Of its texts, in order. */
  readonly names: readonly string[];
  readonly key: TokenKey;
  readonly path: string;
}

export interface PlanSplitsInput {
  readonly source: Lm1bSource;
  /** SHA-256 of the model. */
  readonly model: string;
  /** Of the files that keep tokens. */
  readonly folder: string;
}

/** The name of such a file is of the options, so that two settings do not drive each other out; whether the text is still the same is in its key. */
export async function planSplits(options: ReadLm1bOptions, { source, model, folder }: PlanSplitsInput): Promise<readonly SplitPlan[]> {
  const { length, delimit = true, remainder = 'drop' } = options;
  const plans: SplitPlan[] = [];
  for (const { split, names } of textsOf(options)) {
    const chosen = { split, texts: names.length, model, length, delimit, remainder, order: endianness() };
    const id = createHash('sha256').update(JSON.stringify(chosen)).digest('hex').slice(0, 16);
    const key = { ...chosen, source: await source.stamps(names) };
    plans.push({ split, names, key, path: join(resolve(folder), `lm1b-${split}-${id}.tokens`) });
  }
  return plans;
}

type Texts = Pick<SplitPlan, 'split' | 'names'>;

function textsOf({ files, trainShards, testShards }: ReadLm1bOptions): readonly Texts[] {
  if (files !== undefined) {
    const given = (['train', 'test', 'valid'] as const).filter((split) => files[split] !== undefined);
    return given.map((split) => ({ split, names: [split] }));
  }
  const shards = (split: Lm1bSplit, count = numShards(split)): Texts => {
    assertInteger('readLm1b', `${split}Shards`, count, 1, numShards(split));
    return { split, names: shardNames(split, count) };
  };
  return [shards('train', trainShards), shards('test', testShards)];
}
