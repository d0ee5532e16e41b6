import { existsSync, rename, rmdir, rmdirSync, stat, unlink, unlinkSync, utimes, type PathLike } from 'node:fs';

type Done = (error?: NodeJS.ErrnoException | null) => void;

/** The five calls that proper-lockfile makes. */
export interface LockFileSystem {
  readonly mkdir: (path: PathLike, done: Done) => void;
  readonly rmdir: (path: PathLike, done: Done) => void;
  readonly rmdirSync: (path: PathLike) => void;
  readonly stat: typeof stat;
  readonly utimes: typeof utimes;
}

export interface LockPaths {
  /** The folder that is the lock: whoever has a file in it has the lock. */
  readonly lock: string;
  /** A folder beside it with the owner file, under the name that it will have in the lock. */
  readonly prepared: string;
}

/**
 * Lets proper-lockfile keep an owner file inside the lock instead of an empty folder. To take is to rename the prepared folder to the
 * lock, which the system refuses unless that is absent or empty; to give back is to remove the own file, whose name no other owner has.
 * So a lock has its owner from its first moment, and no owner can remove or touch the lock of another.
 */
export function lockFileSystem({ lock, prepared }: LockPaths): LockFileSystem {
  const isTaken = ({ code }: NodeJS.ErrnoException): boolean =>
    code === 'ENOTEMPTY' ||
    code === 'EEXIST' ||
    (process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES') && existsSync(lock));
  return {
    mkdir: (_, done) =>
      // Windows renames onto no folder at all; a lock with an owner is not empty and stays.
      rmdir(lock, () =>
        rename(prepared, lock, (error) => done(error !== null && isTaken(error) ? Object.assign(error, { code: 'EEXIST' }) : error)),
      ),
    rmdir: (path, done) => unlink(path, (error) => (error !== null && error.code !== 'ENOENT' ? done(error) : rmdir(lock, () => done()))),
    rmdirSync: (path) => {
      unlinkSync(path);
      rmdirSync(lock);
    },
    stat,
    utimes,
  };
}
