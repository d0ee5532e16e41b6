import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Removes what broken tries have left of `path`: its siblings `<path>.partial-…`. For the owner of the lock only: nobody else is at work on it. */
export async function sweepPartials(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(`${basename(path)}.partial-`)) await rm(join(dirname(path), name), { recursive: true, force: true });
  }
}
