import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { D3pmError, isD3pmError, quoted } from '@d3pm/core';
import { parseCheckpointName } from '../checkpoint/checkpoint-name.ts';
import { decodeManifest, MANIFEST } from '../checkpoint/manifest.ts';
import { lockHolders } from './lock-holders.ts';
import { acquireRunLock } from './run-lock.ts';
import { assertRunName } from './run-name.ts';

/** The folder of a run, which this process alone may write to. */
export interface RunFolder {
  /** Absolute. */
  readonly path: string;
  /** Aborted, with the error as its reason, when another process has taken the folder. */
  readonly lost: AbortSignal;
  /** @throws {D3pmError} `RUN_LOCKED` when another process has taken the folder, of which a process that was suspended is not told in time. */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Makes the folder of a run where there is none, and takes it.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a checkpoint or a folder in one, a name that not every system has, and what cannot be made;
 * `RUN_LOCKED`; `RUN_FOLDER` when the lock cannot be written.
 */
export async function openRunFolder(folder: string): Promise<RunFolder> {
  const path = resolve(folder);
  assertNoCheckpoint(path);
  if (!existsSync(path)) assertRunName(basename(path));
  await mkdir(join(path, 'samples'), { recursive: true }).catch((cause: unknown) => {
    const reason = quoted((cause as Error).message);
    throw new D3pmError('INVALID_OPTIONS', `trainRun: cannot make the folder ${quoted(path)}: ${reason}; choose another`, { cause });
  });
  const lost = new AbortController();
  const lock = await explained(path, () => acquireRunLock(path, { onLost: (error) => lost.abort(error) }));
  const holders = async (): Promise<readonly string[]> =>
    (await explained(path, () => lockHolders(join(path, 'run.lock')))).map(({ name }) => name);
  const [own] = await holders();
  return {
    path,
    lost: lost.signal,
    assertHeld: async () => {
      if (!lost.signal.aborted && (own === undefined || !(await holders()).includes(own))) {
        lost.abort(new D3pmError('RUN_LOCKED', `trainRun: another process has taken ${path} meanwhile; nothing more is written there`));
      }
      lost.signal.throwIfAborted();
    },
    release: () => lock.release(),
  };
}

/** A file more in a checkpoint, and it would count as damaged. */
function assertNoCheckpoint(path: string): void {
  for (let folder = path; ; folder = dirname(folder)) {
    if (isCheckpoint(folder)) {
      throw new D3pmError('INVALID_OPTIONS', `trainRun: ${quoted(folder)} is a checkpoint; give the folder of the run, which it lies in`);
    }
    if (folder === dirname(folder)) return;
  }
}

/** Others have files of that name as well. One that cannot be read is of a checkpoint where the folder is named like one. */
function isCheckpoint(folder: string): boolean {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) return false;
  if (parseCheckpointName(basename(folder)) !== undefined) return true;
  try {
    decodeManifest('trainRun', file, readFileSync(file));
    return true;
  } catch (error) {
    return isD3pmError(error) && error.code === 'SPEC_VERSION';
  }
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isD3pmError(cause)) throw cause;
    const reason = quoted((cause as Error).message);
    const way = 'free some space, make the folder writable, or choose another';
    throw new D3pmError('RUN_FOLDER', `trainRun: cannot take the folder ${quoted(path)}: ${reason}; ${way}; what is in it is untouched`, {
      cause,
    });
  }
}
