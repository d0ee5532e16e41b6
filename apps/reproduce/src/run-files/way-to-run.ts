import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { quoted } from '@d3pm/core';
import { rowRun } from './row-run.ts';

/** Runs that are named, at most. */
const NAMED = 3;

/** The way out of a folder that is no run: one of those that lie in it, as in the folder of a whole table, or what `otherwise` says. */
export async function wayToRun(folder: string, otherwise: string): Promise<string> {
  const runs: string[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const within = join(folder, name);
    if (existsSync(join(within, 'metrics.jsonl')) || (await rowRun(within)) !== undefined) runs.push(within);
  }
  if (runs.length === 0) return otherwise;
  return `there are runs in it: ${runs.slice(0, NAMED).map(quoted).join(', ')}${runs.length > NAMED ? ', …' : ''}; give one of them`;
}
