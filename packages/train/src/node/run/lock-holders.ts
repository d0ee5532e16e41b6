import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseOwner, type LockHolder } from './lock-owner.ts';

/** The owner files in a lock: none when it is free, and one as a rule. */
export async function lockHolders(lock: string): Promise<readonly LockHolder[]> {
  const names = await readdir(lock).catch(absent);
  const holders = await Promise.all(
    (names ?? []).map(async (name): Promise<LockHolder | undefined> => {
      const path = join(lock, name);
      const facts = await stat(path).catch(absent);
      if (facts === undefined) return undefined; // given back meanwhile
      const text = await readFile(path, 'utf8').catch(() => '');
      return { name, owner: parseOwner(text), silentMs: new Date().getTime() - facts.mtimeMs };
    }),
  );
  return holders.filter((holder) => holder !== undefined);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
