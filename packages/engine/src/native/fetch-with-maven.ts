import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { commandError, lastLines } from './command-error.ts';
import { firstCommand } from './first-command.ts';
import type { FetchInput } from './fetch-archive.ts';
import { runCommand } from './run-command.ts';

/**
 * Fetches a jar with the Maven of this machine, which knows its mirrors, proxy and certificates. Its local repository is not
 * touched: what it would keep there is in `scratch`.
 *
 * @throws {D3pmError} `ENGINE` when there is no Maven, or with what it says
 */
export async function fetchWithMaven({ requirement, scratch, target, signal }: FetchInput): Promise<void> {
  const maven = await firstCommand([['mvn']], signal);
  if (maven === undefined) throw new D3pmError('ENGINE', 'there is no Maven (mvn)');
  const copied = join(scratch, 'copied');
  const args = [`-Dartifact=${requirement}`, `-DoutputDirectory=${copied}`, `-Dmaven.repo.local=${join(scratch, 'repository')}`];
  const { status, stdout, stderr } = await runCommand('mvn', ['--batch-mode', '--quiet', 'dependency:copy', ...args], {
    cwd: scratch,
    signal,
  });
  if (status !== 0) throw commandError(`mvn dependency:copy of ${requirement} failed`, reasonIn(stdout) ?? lastLines(stderr));
  const jar = (await readdir(copied)).find((name) => name.endsWith('.jar'));
  if (jar === undefined) throw new D3pmError('ENGINE', `mvn dependency:copy of ${requirement} ended well, but left no jar`);
  await rename(join(copied, jar), target);
}

/** The first line in which Maven, which writes them to its standard output, names an error. */
function reasonIn(stdout: string): string | undefined {
  return /\[ERROR\]\s*(.+)/.exec(stdout)?.[1]?.slice(0, 500);
}
