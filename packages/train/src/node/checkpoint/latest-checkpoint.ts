import { join, resolve } from 'node:path';
import { D3pmError, isD3pmError } from '@d3pm/core';
import { checkpointsIn } from './checkpoint-name.ts';
import { explainedFileSystem } from './explained-file-system.ts';
import { loadFrom, type LoadCheckpointOptions, type LoadedCheckpoint } from './load-checkpoint.ts';
import { nodeFileSystem } from './node-file-system.ts';

export interface SkippedCheckpoint {
  /** Of the folder in the run folder. */
  readonly name: string;
  readonly reason: D3pmError;
}

export interface LatestCheckpointOptions extends LoadCheckpointOptions {
  /** Is told of every newer one that could not be loaded: what was learnt after the older one is lost, so warn of it. */
  readonly onSkipped: (skipped: SkippedCheckpoint) => void;
}

/**
 * Loads the newest good checkpoint of a run: by the step in its name, not by the clock. Undefined when there is none, or no run folder.
 *
 * @throws {D3pmError} `CHECKPOINT` when there are some and none is good, and when the run folder cannot be listed; `SPEC_VERSION` for one of a
 * newer format, which is good, so that nothing older is taken instead.
 */
export async function latestCheckpoint(
  runFolder: string,
  { onSkipped, allowNonFinite = false, fileSystem: given = nodeFileSystem }: LatestCheckpointOptions,
): Promise<LoadedCheckpoint | undefined> {
  const caller = 'latestCheckpoint';
  const fileSystem = explainedFileSystem(caller, given);
  const run = resolve(runFolder);
  const found = await checkpointsIn(fileSystem, run);
  const reasons: string[] = [];
  for (const { name } of found) {
    try {
      return await loadFrom(caller, fileSystem, { folder: join(run, name), allowNonFinite });
    } catch (reason) {
      if (!isD3pmError(reason) || reason.code === 'SPEC_VERSION') throw reason;
      onSkipped({ name, reason });
      reasons.push(`${name}: ${reason.message}`);
    }
  }
  if (found.length === 0) return undefined;
  throw new D3pmError(
    'CHECKPOINT',
    `${caller}: none of ${found.length} checkpoints in ${run} is good; ${reasons[0]!}; start anew in another folder`,
  );
}
