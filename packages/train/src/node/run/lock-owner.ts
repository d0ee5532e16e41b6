import { quoted } from '@d3pm/core';
import { hostname } from 'node:os';
import { ageInWords } from './age-in-words.ts';
import { processNamespace, processState, startTimeOf } from './process-state.ts';

/** Who has a lock, as its owner file says it. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, see {@link startTimeOf}; it tells a number that was given out again. */
  readonly startTime?: string;
  readonly namespace?: string;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
}

/** An owner file in a lock. */
export interface LockHolder {
  readonly name: string;
  /** Undefined when the file is damaged. */
  readonly owner: LockOwner | undefined;
  /** Milliseconds since the owner has last touched it. */
  readonly silentMs: number;
}

/** This process, taking a lock now. */
export async function currentOwner(): Promise<LockOwner> {
  const [startTime, namespace] = await Promise.all([startTimeOf(process.pid), processNamespace()]);
  return {
    pid: process.pid,
    host: hostname(),
    ...(startTime !== undefined && { startTime }),
    ...(namespace !== undefined && { namespace }),
    since: new Date().toISOString(),
  };
}

/** Undefined when the text is no owner. */
export function parseOwner(text: string): LockOwner | undefined {
  let value: Partial<Record<keyof LockOwner, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, host, startTime, namespace, since } = value;
  if (!Number.isSafeInteger(pid) || (pid as number) < 1 || typeof host !== 'string' || typeof since !== 'string') return undefined;
  if (Number.isNaN(Date.parse(since))) return undefined;
  return {
    pid: pid as number,
    host,
    ...(typeof startTime === 'string' && { startTime }),
    ...(typeof namespace === 'string' && { namespace }),
    since,
  };
}

/**
 * Whether a lock is somebody's. A process of this host that is gone holds nothing, one that certainly runs holds its lock even when it
 * is too busy to touch it; of all others only the silence is known.
 */
export async function isHeld({ owner, silentMs }: LockHolder, staleMs: number): Promise<boolean> {
  const isFresh = silentMs <= staleMs;
  if (owner === undefined || owner.host !== hostname() || owner.namespace !== (await processNamespace())) return isFresh;
  const state = await processState(owner.pid, owner.startTime);
  if (state === 'gone') return false;
  return isFresh || (state === 'running' && owner.startTime !== undefined);
}

/** `process 4711 on host abc has had it for 3 min`. */
export function describeHolder({ owner, silentMs }: LockHolder): string {
  if (owner === undefined) return `a process that its damaged owner file does not name has it, and touched it ${ageInWords(silentMs)} ago`;
  const host = /^[\w.-]{1,80}$/.test(owner.host) ? owner.host : quoted(owner.host);
  return `process ${owner.pid} on host ${host} has had it for ${ageInWords(new Date().getTime() - Date.parse(owner.since))}`;
}
