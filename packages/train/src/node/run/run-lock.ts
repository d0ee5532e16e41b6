import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lock } from 'proper-lockfile';
import { D3pmError } from '@d3pm/core';
import { ageInWords } from './age-in-words.ts';
import { lockFileSystem } from './lock-file-system.ts';
import { lockHolders } from './lock-holders.ts';
import { currentOwner, describeHolder, isHeld } from './lock-owner.ts';

const LOCK = 'run.lock';
const PREPARED = `${LOCK}.new-`;
/** proper-lockfile touches a lock once a second at most. */
const MIN_STALE_MS = 2000;
const MAX_UPDATE_MS = 10_000;

export interface RunLockOptions {
  /**
   * A lock that its owner has not touched for so long counts as left behind, unless that is a process of this host which runs. The same
   * for all processes of a folder; the clocks of hosts that share a disk must agree better than this. At least 2000.
   *
   * @defaultValue 60_000
   */
  readonly staleMs?: number;
  /** Called once when another process has taken the lock, for example after this one was suspended: stop writing to the folder. */
  readonly onLost: (error: D3pmError) => void;
}

export interface RunLock {
  /** Gives the folder back. After that, or after the lock was lost, it does nothing; it never removes the lock of another. */
  release(): Promise<void>;
}

/**
 * Takes a run's folder for this process alone, by the folder `run.lock` in it, which holds a file with the owner. The lock is touched
 * every staleMs / 6, 10 s at most, and given back when the process ends. That of a process of this host which is gone is taken over at
 * once, that of another host when it is stale; of several who try, one gets it.
 *
 * @param folder Must exist. Errors of the file system pass through.
 * @throws {D3pmError} `RUN_LOCKED`, at once, with process, host and age, when another has it, or this process has it already;
 * `INVALID_OPTIONS` for a staleMs out of range.
 */
export async function acquireRunLock(folder: string, { staleMs = 60_000, onLost }: RunLockOptions): Promise<RunLock> {
  if (!Number.isFinite(staleMs) || staleMs < MIN_STALE_MS) {
    throw new D3pmError('INVALID_OPTIONS', `acquireRunLock: staleMs is ${staleMs}, expected at least ${MIN_STALE_MS} milliseconds`);
  }
  const root = resolve(folder);
  const token = randomBytes(8).toString('hex');
  const [taken, prepared, owner] = [join(root, LOCK), join(root, `${PREPARED}${token}`), `${token}.json`];
  let isReleased = false;
  const options = {
    fs: lockFileSystem({ lock: taken, prepared }),
    lockfilePath: join(taken, owner),
    realpath: false,
    stale: staleMs,
    update: Math.min(staleMs / 6, MAX_UPDATE_MS),
    onCompromised: (cause: Error): void => {
      if (!isReleased) void explainLoss(root, owner, cause).then(onLost);
    },
  };
  const unlock = await (async () => {
    try {
      await mkdir(prepared);
      await writeFile(join(prepared, owner), JSON.stringify(await currentOwner()));
      for (;;) {
        // The first argument is only what proper-lockfile calls the lock within this process.
        const unlock = await lock(prepared, options).catch(undefinedIfTaken);
        if (unlock !== undefined) return unlock;
        await removeDead(root, staleMs);
      }
    } finally {
      await rm(prepared, { recursive: true, force: true });
    }
  })();
  await sweepPrepared(root, staleMs);
  return {
    release: async () => {
      if (isReleased) return;
      isReleased = true;
      // It refuses when the lock was lost; the own file may still be there, for example after an error of the disk.
      await unlock().catch(() => rm(options.lockfilePath, { force: true }));
    },
  };
}

function undefinedIfTaken(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ELOCKED') throw error;
}

/** Removes the files of owners that are gone, each by its own name: when another was quicker and has the lock, nothing of it is touched. */
async function removeDead(root: string, staleMs: number): Promise<void> {
  const holders = await lockHolders(join(root, LOCK));
  for (const holder of holders) {
    if (!(await isHeld(holder, staleMs))) continue;
    const silence = holder.silentMs > staleMs ? `, and has not touched it for ${ageInWords(holder.silentMs)}` : '';
    throw new D3pmError(
      'RUN_LOCKED',
      `acquireRunLock: ${root}: ${describeHolder(holder)}${silence}; ${holder.owner === undefined ? `wait ${ageInWords(staleMs)}` : 'stop it'}, or choose another folder`,
    );
  }
  for (const { name } of holders) await rm(join(root, LOCK, name), { force: true });
}

/** Removes what takers that were killed have left; all that goes wrong here is left for the next. */
async function sweepPrepared(root: string, staleMs: number): Promise<void> {
  try {
    for (const name of await readdir(root)) {
      const path = join(root, name);
      if (!name.startsWith(PREPARED) || (await isAtWork(path, staleMs))) continue;
      await rm(path, { recursive: true, force: true });
    }
  } catch {
    // The lock is taken all the same.
  }
}

async function isAtWork(prepared: string, staleMs: number): Promise<boolean> {
  const [holder] = await lockHolders(prepared);
  return isHeld(holder ?? { name: '', owner: undefined, silentMs: new Date().getTime() - (await stat(prepared)).mtimeMs }, staleMs);
}

async function explainLoss(root: string, owner: string, cause: Error): Promise<D3pmError> {
  const holders = await lockHolders(join(root, LOCK)).catch(() => []);
  const winner = holders.find(({ name }) => name !== owner);
  const reason = winner === undefined ? cause.message : describeHolder(winner);
  return new D3pmError('RUN_LOCKED', `acquireRunLock: this process has lost ${root}: ${reason}; write nothing more there`, { cause });
}
