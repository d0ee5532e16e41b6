import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** The path that a run which is not there yet will have, without links. */
export async function futureRun(path: string): Promise<string> {
  const whole = resolve(path);
  const parent = dirname(whole);
  return join(await realpath(parent).catch(() => futureRun(parent)), basename(whole));
}
