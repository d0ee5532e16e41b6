import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { rowRun } from './row-run.ts';

/**
 * The run folder that a path means: itself, or `run` in the folder of a row of a table.
 *
 * @returns the path without links.
 * @throws {D3pmError} `INVALID_OPTIONS` for what is no folder, or a checkpoint.
 */
export async function findRun(caller: string, path: string): Promise<string> {
  const problem = (what: string): D3pmError =>
    new D3pmError('INVALID_OPTIONS', `${caller}: ${quoted(path)} ${what}; give the folder that d3pm train --out named`);
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) throw problem('is not there');
  if (!facts.isDirectory()) throw problem('is no folder');
  const root = await realpath(path);
  if (existsSync(join(root, 'MANIFEST.json'))) throw problem('is a checkpoint, expected the run that it lies in');
  const inRow = await rowRun(root);
  return inRow === undefined ? root : realpath(inRow);
}
