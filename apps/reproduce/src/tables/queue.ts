import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, suggestName } from '@d3pm/core';
import { parse } from 'yaml';
import { writeWholeFile } from '../write-whole-file.ts';

/** One row with one seed. */
export interface Job {
  readonly row: string;
  readonly seed: number;
}

const FILE = 'queue.yaml';
const HEAD = `# What is to be run, in this order: a line a job. Lines may be moved, added and removed; a job that is complete is passed over.
`;

/** Rows × seeds: all rows with the first seed, then all with the next. */
export function jobsOf(rows: readonly string[], seeds: readonly number[]): readonly Job[] {
  return seeds.flatMap((seed) => rows.map((row) => ({ row, seed })));
}

/**
 * The queue of a folder: its `queue.yaml`, or, where there is none, `jobs`, which are written there.
 *
 * @throws {D3pmError} `INVALID_DATA` for a file that is no list of `{ row, seed }`, `UNKNOWN_NAME` for a row that the table lacks.
 */
export async function openQueue(folder: string, jobs: readonly Job[], rows: readonly string[]): Promise<readonly Job[]> {
  const path = join(folder, FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) {
    await writeWholeFile(path, HEAD + jobs.map(({ row, seed }) => `- { row: ${row}, seed: ${seed} }\n`).join(''));
    return jobs;
  }
  return parsed(text, path, rows);
}

function parsed(text: string, path: string, rows: readonly string[]): readonly Job[] {
  const refuse = (problem: string, cause?: unknown): never => {
    throw new D3pmError('INVALID_DATA', `queue: ${path}: ${problem}; delete the file, and it is made again`, { cause });
  };
  let list: unknown;
  try {
    list = parse(text) ?? [];
  } catch (cause) {
    return refuse(`it is no YAML (${(cause as Error).message})`, cause);
  }
  if (!Array.isArray(list)) return refuse('expected a list of { row, seed }');
  const jobs = list.map((job: unknown, i) => {
    const { row, seed, ...rest } = (typeof job === 'object' && job !== null ? job : {}) as Record<string, unknown>;
    if (typeof row !== 'string' || !Number.isSafeInteger(seed) || (seed as number) < 0 || Object.keys(rest).length > 0) {
      return refuse(`item ${i + 1} is ${JSON.stringify(job)}, expected { row, seed } with an integer of 0 or more`);
    }
    if (!rows.includes(row))
      throw new D3pmError('UNKNOWN_NAME', `queue: ${path}: item ${i + 1}: there is no row "${row}"; ${suggestName(row, rows)}`);
    return { row, seed: seed as number };
  });
  jobs.forEach(({ row, seed }, i) => {
    if (jobs.findIndex((job) => job.row === row && job.seed === seed) < i) refuse(`item ${i + 1} is ${row} with seed ${seed} once more`);
  });
  return jobs;
}
