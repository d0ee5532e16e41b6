import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isD3pmError } from '@d3pm/core';
import { loadCheckpoint, nodeFileSystem, saveCheckpoint, type FileSystem } from '@d3pm/train/node';
import { checkpointOf } from '../checkpoint/checkpoint-of.ts';

export interface FlipReport {
  readonly flips: number;
  readonly files: number;
  /** Flips that were not found, or whose file was not named. */
  readonly missed: readonly string[];
}

/** Saves a checkpoint, and loads it with each single bit of each of its files flipped. */
export async function flipEveryBit(): Promise<FlipReport> {
  const run = await mkdtemp(join(tmpdir(), 'd3pm-flips-'));
  try {
    const { folder } = await saveCheckpoint(run, checkpointOf(1));
    const names = await readdir(folder);
    const contents = new Map(
      await Promise.all(names.map(async (name) => [join(folder, name), await readFile(join(folder, name))] as const)),
    );
    const fileSystem: FileSystem = { ...nodeFileSystem, readFile: async (path) => Uint8Array.from(contents.get(path)!) };
    await loadCheckpoint(folder, { fileSystem });
    const missed: string[] = [];
    let flips = 0;
    for (const [path, content] of contents) {
      for (let bit = 0; bit < 8 * content.length; bit++, flips++) {
        content[bit >> 3]! ^= 1 << (bit & 7);
        const error: unknown = await loadCheckpoint(folder, { fileSystem }).catch((reason: unknown) => reason);
        if (!isD3pmError(error) || !error.message.includes(`${path} is damaged: `)) missed.push(`${path}, bit ${bit}`);
        content[bit >> 3]! ^= 1 << (bit & 7);
      }
    }
    return { flips, files: contents.size, missed };
  } finally {
    await rm(run, { recursive: true, force: true });
  }
}
