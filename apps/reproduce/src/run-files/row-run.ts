import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** `run` in the folder of a row of a table; undefined for a folder that is no row, a run among them. */
export async function rowRun(folder: string): Promise<string | undefined> {
  const inRow = join(folder, 'run');
  const isRow = !existsSync(join(folder, 'metrics.jsonl')) && (await stat(inRow).catch(() => undefined))?.isDirectory() === true;
  return isRow ? inRow : undefined;
}
