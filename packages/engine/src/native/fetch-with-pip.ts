import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { commandError, lastLines } from './command-error.ts';
import { firstCommand } from './first-command.ts';
import type { FetchInput } from './fetch-archive.ts';
import { runCommand } from './run-command.ts';

const PIPS = [['pip3'], ['pip'], ['python3', '-m', 'pip'], ['python', '-m', 'pip']];

// Any Python version that the wheel exists for: only its shared libraries are used.
const WHEEL_TAGS = ['--implementation', 'cp', '--python-version', '3.10'].concat(
  ['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'].flatMap((platform) => ['--platform', platform]),
);

/** The pip of this machine, as a command; undefined when there is none. */
export const findPip = (signal?: AbortSignal): Promise<readonly string[] | undefined> => firstCommand(PIPS, signal);

/**
 * Fetches a wheel with the pip of this machine, which knows its index, proxy and certificates. Nothing is installed.
 *
 * @throws {D3pmError} `ENGINE` when there is no pip, or with what pip says
 */
export async function fetchWithPip({ requirement, scratch, target, signal }: FetchInput): Promise<void> {
  const pip = await findPip(signal);
  if (pip === undefined) throw new D3pmError('ENGINE', 'there is no pip (install python3-pip; only its download command is used)');
  const args = ['download', requirement, '--no-deps', '--only-binary=:all:', ...WHEEL_TAGS, '--quiet', '--dest', scratch];
  // pip first writes to its temporary folder, which may be small, and is watched with the rest when it is in here.
  const { status, stderr } = await runCommand(pip[0]!, [...pip.slice(1), ...args], { env: { TMPDIR: scratch }, signal });
  if (status !== 0) throw commandError(`pip download ${requirement} failed`, lastLines(stderr));
  const wheel = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new D3pmError('ENGINE', `pip download ${requirement} ended well, but left no wheel`);
  await rename(join(scratch, wheel), target);
}
