import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { latestCheckpoint, loadCheckpoint, sweepTemporaries } from '@d3pm/train/node';
import { checkpointOf } from './checkpoint-of.ts';

/** What is in a run folder of `checkpointOf` checkpoints. */
export interface RunInspection {
  /** Of the newest good checkpoint. */
  readonly step: number | undefined;
  /** What is wrong: a checkpoint that does not load, is passed over, or has another content. */
  readonly problems: readonly string[];
}

/** Loads every checkpoint of a run, and the newest as a run that goes on would. */
export async function inspectRun(run: string, size?: number): Promise<RunInspection> {
  const problems: string[] = [];
  const complain = (error: unknown): undefined => void problems.push(error instanceof Error ? error.message : String(error));
  const names = (await readdir(run)).filter((name) => name.startsWith('ckpt-'));
  for (const name of names) {
    const found = await loadCheckpoint(join(run, name)).catch(complain);
    if (found === undefined) continue;
    const { folder: _, ...content } = found;
    if (!isDeepStrictEqual(content, checkpointOf(found.step, size))) problems.push(`${name} has another content than was saved`);
  }
  const latest = await latestCheckpoint(run, { onSkipped: ({ name }) => problems.push(`${name} was passed over`) }).catch(complain);
  return { step: latest?.step, problems };
}

/** The names in a run folder that are no checkpoints, after a sweep. */
export async function leftovers(run: string): Promise<readonly string[]> {
  await sweepTemporaries(run);
  return (await readdir(run)).filter((name) => !/^ckpt-\d{8}(-r\d+)?$/.test(name));
}
