import { readdir, readlink, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readInRun } from '../run-files/read-in-run.ts';
import type { RunState } from './dash-message.ts';

export interface StateOfRun {
  readonly state: RunState;
  /** Who has the folder, or how the run ended. */
  readonly words: string;
}

/** An owner touches its lock every 10 s. */
const STALE_MS = 60_000;
/** Long work may keep a process of this host from that, but not for so long. */
const BUSY_MS = 10 * 60_000;
const MAX_OWNER_BYTES = 4096;

/**
 * Whether a run is being trained, by its lock; else how it ended, by its log.
 *
 * @param log The end of run.log.
 * @param now In milliseconds since 1970.
 */
export async function stateOfRun(root: string, { log, now }: { readonly log: string; readonly now: number }): Promise<StateOfRun> {
  const holder = await holderOf(root, now);
  if (holder !== undefined) return { state: 'running', words: holder };
  const lines = log.split('\n').map((line) => line.replace(/^\S+ /, ''));
  const begun = lines.findLastIndex((line) => /^(begun|going on from step \d+)$/.test(line));
  const sitting = lines.slice(begun + 1);
  const error = sitting.findLast((line) => line.startsWith('ended by an error: '));
  if (error !== undefined) return { state: 'failed', words: error };
  if (sitting.includes('finished')) return { state: 'finished', words: 'all steps are done' };
  if (sitting.some((line) => line === 'stopped' || line === 'left by its caller')) {
    return { state: 'stopped', words: 'it was stopped, and saved; the same command goes on' };
  }
  if (log === '') return { state: 'waiting', words: 'nothing has been trained here yet' };
  return { state: 'stopped', words: 'its process is gone without a word; the same command goes on from the last checkpoint' };
}

/** The process that has the folder; undefined when none has. */
async function holderOf(root: string, now: number): Promise<string | undefined> {
  for (const name of await readdir(join(root, 'run.lock')).catch((): string[] => [])) {
    const facts = await stat(join(root, 'run.lock', name)).catch(() => undefined);
    const text = await readInRun(root, ['run.lock', name], { maxBytes: MAX_OWNER_BYTES }).catch(() => undefined);
    if (facts === undefined || text === undefined) continue;
    const owner = parsedOwner(text.toString());
    const silentMs = now - facts.mtimeMs;
    if (await isHeld(owner, silentMs))
      return owner ? `process ${owner.pid} on host ${owner.host}` : 'a process whose owner file is damaged';
  }
  return undefined;
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly namespace?: unknown;
}

async function isHeld(owner: Owner | undefined, silentMs: number): Promise<boolean> {
  const isHere =
    owner !== undefined && owner.host === hostname() && owner.namespace === (await readlink('/proc/self/ns/pid').catch(() => undefined)); // numbers of processes mean something within one alone
  return isHere ? exists(owner.pid) && silentMs <= BUSY_MS : silentMs <= STALE_MS;
}

function parsedOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    const isOwner = typeof owner?.pid === 'number' && Number.isSafeInteger(owner.pid) && owner.pid > 0 && typeof owner.host === 'string';
    return isOwner ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // somebody else's
  }
}
