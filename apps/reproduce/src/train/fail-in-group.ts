import { setTimeout as delay } from 'node:timers/promises';
import { isD3pmError, type ProcessGroup } from '@d3pm/core';

/** For rank 0 to say what all members have to say, and to take them down with it. */
const HEAD_START_MS = 1000;

/**
 * Ends a member of a group that cannot go on, which ends them all. Most errors are those of all members: the first rank alone says them, and
 * any other one that it was there.
 */
export async function failInGroup(group: ProcessGroup | undefined, error: unknown): Promise<never> {
  if (group === undefined || group.rank === 0) throw error;
  await delay(HEAD_START_MS);
  const text = isD3pmError(error) ? `error ${error.code}: ${error.message}` : error instanceof Error ? error.stack! : String(error);
  process.stderr.write(`rank ${group.rank}: ${text}\n`);
  process.exit(1);
}
