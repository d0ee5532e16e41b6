import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readdir, rm, rmdir, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isD3pmError } from '@d3pm/core';
import { saveCheckpoint } from '@d3pm/train/node';
import { checkpointOf } from '../checkpoint/checkpoint-of.ts';
import { inspectRun, leftovers } from '../checkpoint/inspect-run.ts';

const [MOUNT, UNMOUNT] = ['mount', 'umount'] as const;
/** tmpfs gives room by whole pages. */
const PAGE = 4096;
const DISK_BYTES = 1 << 20;
/** Numbers in a tensor: files of several pages, so that one fills up in its midst. */
const SIZE = 3000;

export interface FullDiskReport {
  /** Saves that did not fit, each with another number of free pages. */
  readonly refused: number;
  /** Saves that fitted. */
  readonly saved: number;
  readonly problems: readonly string[];
}

/**
 * Fills a small disk with checkpoints, makes room and saves; then leaves 0, 1, 2, … free pages on it and saves, until that fits. After
 * each save the older checkpoints load, nothing is left over, and the error is clear.
 *
 * @returns undefined where this user may not mount a disk.
 */
export async function fullDisk(): Promise<FullDiskReport | undefined> {
  const disk = await mkdtemp(join(tmpdir(), 'd3pm-full-'));
  if (spawnSync(MOUNT, ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk], { stdio: 'ignore' }).status !== 0) {
    await rmdir(disk);
    return undefined;
  }
  try {
    return await saveUntilFull(disk);
  } finally {
    spawnSync(UNMOUNT, [disk]);
    await rm(disk, { recursive: true });
  }
}

async function saveUntilFull(disk: string): Promise<FullDiskReport> {
  const run = join(disk, 'run');
  const filler = join(disk, 'filler');
  const problems: string[] = [];
  let [saved, refused, step] = [0, 0, 0];
  const save = async (keepLast: number): Promise<boolean> => {
    const fits = await attempt(run, step + 1, { keepLast, problems });
    if (fits) step++;
    const found = await inspectRun(run, SIZE);
    problems.push(...found.problems);
    if (found.step !== step) problems.push(`the newest checkpoint is of step ${found.step}, expected ${step}`);
    const left = (await readdir(run)).filter((name) => !name.startsWith('ckpt-'));
    if (left.length > 0) problems.push(`left after step ${step + 1}: ${left.join(', ')}`);
    if (fits) saved++;
    else refused++;
    return fits;
  };
  while (await save(100)) {
    // A save that says it is done although nothing was written would go on for ever.
    if (problems.length > 0) return { refused, saved, problems };
  }
  for (const name of (await readdir(run)).sort().slice(0, -2)) await rm(join(run, name), { recursive: true });
  if (!(await save(100))) problems.push('does not save although there is room again');
  const bytes = await fill(filler);
  for (let free = 0; free <= bytes; free += PAGE) {
    await truncate(filler, bytes - free);
    if (await save(100)) break;
  }
  await rm(filler);
  if (!(await save(2))) problems.push('does not save although there is room again');
  problems.push(...(await leftovers(run)).map((name) => `${name} is left`));
  return { refused, saved, problems };
}

interface AttemptOptions {
  readonly keepLast: number;
  /** Gets what is wrong. */
  readonly problems: string[];
}

/** Whether a save fits; when it does not, that must be said clearly. */
async function attempt(run: string, step: number, { keepLast, problems }: AttemptOptions): Promise<boolean> {
  try {
    const { problems: left } = await saveCheckpoint(run, checkpointOf(step, SIZE), { keepLast });
    problems.push(...left.map(({ message }) => message));
    return true;
  } catch (error) {
    const isClear =
      isD3pmError(error) &&
      error.code === 'CHECKPOINT' &&
      error.message.includes('the disk is full (ENOSPC); nothing was replaced, what was saved before is untouched');
    if (!isClear) problems.push(`an error that is not clear: ${String(error)}`);
    return false;
  }
}

/** Writes a file until the disk is full, to its last page. @returns Its size. */
async function fill(path: string): Promise<number> {
  const file = await open(path, 'w');
  let size = 0;
  try {
    for (;;) size += (await file.write(Buffer.alloc(PAGE))).bytesWritten;
  } catch {
    return size;
  } finally {
    await file.close();
  }
}
