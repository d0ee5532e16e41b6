import { isDeepStrictEqual } from 'node:util';
import { D3pmError } from '@d3pm/core';
import { configDifference, explainDifference, type JsonObject } from '@d3pm/train/node';
import type { KeptShard } from './shard-folder.ts';

/**
 * The shards of one job in their order.
 *
 * @throws {D3pmError} `INVALID_DATA` for gaps, for a shard that is there twice, and for shards of different counts, jobs or options.
 */
export function orderedShards(shards: readonly KeptShard[]): readonly KeptShard[] {
  const [first] = shards;
  if (!first) throw refused('there is no shard; give the folder that --out named when they were made');
  const { count } = first.shard;
  const places = new Map<number, KeptShard>();
  for (const shard of shards) {
    if (shard.shard.count !== count)
      throw refused(`${first.folder} is of ${count} shards, ${shard.folder} of ${shard.shard.count}; merge those of one job alone`);
    const changes = configDifference(first.spec, shard.spec);
    if (changes.length > 0) {
      throw refused(
        `${first.folder} and ${shard.folder} are of different jobs:\n${explainDifference(changes, { before: 'in the first', after: 'in the second' })}`,
      );
    }
    const twin = places.get(shard.shard.index);
    if (twin) throw refused(`shard ${shard.shard.index} is there twice: ${twin.folder} and ${shard.folder}`);
    places.set(shard.shard.index, shard);
  }
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !places.has(index));
  if (missing.length > 0)
    throw refused(
      `of ${count} shards ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing; run ${missing.length === 1 ? 'it' : 'them'}, and merge again`,
    );
  return Array.from({ length: count }, (_, index) => places.get(index)!);
}

/** What the shards were computed by, in their order, each but once. */
export function environmentsOf(shards: readonly Pick<KeptShard, 'environment'>[]): readonly JsonObject[] {
  const all = shards.map(({ environment }) => environment);
  return all.filter((one, i) => all.findIndex((other) => isDeepStrictEqual(one, other)) === i);
}

/** Where shards were made with something that may move bits, for a warning. */
export function environmentChanges(shards: readonly KeptShard[]): string | undefined {
  const [first, ...others] = shards;
  const other = others.find(({ environment }) => configDifference(first!.environment, environment).length > 0);
  if (!other) return undefined;
  const changes = explainDifference(configDifference(first!.environment, other.environment), {
    before: 'in the first',
    after: 'in the second',
  });
  return `${first!.folder} and ${other.folder} were made differently, so the bits may not be those of one run:\n${changes}`;
}

function refused(problem: string): D3pmError {
  return new D3pmError('INVALID_DATA', `merge: ${problem}`);
}
