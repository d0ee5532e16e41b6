import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { decodeSafetensors, encodeSafetensors } from '@d3pm/train';
import { readSealedFolder, writeSealedFolder, type JsonObject } from '@d3pm/train/node';
import type { JobSpec, ShardTensors } from './job.ts';
import type { Shard } from './shard.ts';

/** What is in the folder of a shard. */
export interface KeptShard {
  readonly folder: string;
  readonly shard: Shard;
  readonly spec: JobSpec;
  /** What may move bits and decides nothing else. */
  readonly environment: JsonObject;
  readonly tensors: ShardTensors;
}

const TENSORS = 'shard.safetensors';
const NAME = /^shard-(\d+)-of-(\d+)$/;

export function shardPath(out: string, { index, count }: Shard): string {
  return join(resolve(out), `shard-${String(index).padStart(String(count - 1).length, '0')}-of-${count}`);
}

/** Writes all of it or nothing. @throws {D3pmError} `CHECKPOINT` with the file and the reason. */
export async function writeShard(out: string, { shard, spec, environment, tensors }: Omit<KeptShard, 'folder'>): Promise<string> {
  const folder = shardPath(out, shard);
  await mkdir(resolve(out), { recursive: true });
  await writeSealedFolder(
    folder,
    { [TENSORS]: () => encodeSafetensors(tensors) },
    { about: { kind: 'shard', shard: { ...shard }, spec, environment } },
  );
  return folder;
}

/** @throws {D3pmError} `INVALID_DATA` naming the file that is damaged, and what to do. */
export async function readShard(folder: string): Promise<KeptShard> {
  const { about, files } = await readSealedFolder(folder).catch((cause: Error) => {
    throw new D3pmError('INVALID_DATA', `${cause.message}; delete the folder, and run this shard again`, { cause });
  });
  const { kind, shard, spec, environment } = about as unknown as { readonly kind: string } & KeptShard;
  const bytes = files.get(TENSORS);
  if (kind !== 'shard' || !bytes) throw new D3pmError('INVALID_DATA', `${folder} is not a shard of d3pm sample, eval or score`);
  // A bound may be infinite.
  const { tensors } = decodeSafetensors(bytes, { fileName: join(folder, TENSORS), allowNonFinite: true });
  return { folder, shard, spec, environment, tensors: Object.fromEntries(tensors) };
}

/** Of a shard, if it is there. */
export async function findShard(out: string, shard: Shard): Promise<KeptShard | undefined> {
  const folder = shardPath(out, shard);
  return existsSync(folder) ? readShard(folder) : undefined;
}

/** The folders of shards in a folder, by their names. @throws {D3pmError} `INVALID_OPTIONS` for a folder that cannot be listed. */
export async function shardFolders(out: string): Promise<readonly string[]> {
  const names = await readdir(out).catch((cause: Error) => {
    throw new D3pmError('INVALID_OPTIONS', `merge: cannot list ${out} (${cause.message}); give the folder that has the shards`, { cause });
  });
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => join(out, name));
}
