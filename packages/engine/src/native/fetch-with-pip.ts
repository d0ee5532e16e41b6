import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { D3pmError } from '@d3pm/core';
import { firstCommand } from './first-command.ts';
import type { NativeWheel } from './native-build.ts';
import type { StepContext } from './provision-event.ts';
import { runCommand } from './run-command.ts';

const PIPS = [['pip3'], ['pip'], ['python3', '-m', 'pip'], ['python', '-m', 'pip']];

// Any Python version that the wheel exists for: only its shared libraries are used.
const WHEEL_TAGS = ['--implementation', 'cp', '--python-version', '3.10'].concat(
  ['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'].flatMap((platform) => ['--platform', platform]),
);

/**
 * Fetches a wheel to `target` with the pip of this machine, which knows its index, proxy and certificates.
 * `target` appears when the whole wheel is there. Nothing is installed.
 *
 * @throws {D3pmError} `ENGINE` when there is no pip, or with what pip says
 */
export async function fetchWithPip({ requirement }: NativeWheel, target: string, { report, signal }: StepContext): Promise<void> {
  const pip = await firstCommand(PIPS, signal);
  if (pip === undefined) throw new D3pmError('ENGINE', 'there is no pip (install python3-pip; only its download command is used)');
  const scratch = await mkdtemp(`${target}.partial-`);
  const finished = new AbortController();
  const watching = watch(scratch, finished.signal, (bytes) => report({ step: 'download', detail: requirement, bytes }));
  try {
    const args = ['download', requirement, '--no-deps', '--only-binary=:all:', ...WHEEL_TAGS, '--quiet', '--dest', scratch];
    // pip first writes to its temporary folder, which may be small, and is watched with the rest when it is in here.
    const { status, stderr } = await runCommand(pip[0]!, [...pip.slice(1), ...args], { env: { TMPDIR: scratch }, signal });
    if (status !== 0) throw new D3pmError('ENGINE', `pip download ${requirement} failed: ${lastLines(stderr)}`);
    const wheel = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new D3pmError('ENGINE', `pip download ${requirement} ended well, but left no wheel`);
    await rename(join(scratch, wheel), target);
  } finally {
    finished.abort();
    await watching;
    await rm(scratch, { recursive: true, force: true });
  }
}

async function watch(folder: string, signal: AbortSignal, tell: (bytes: number) => void): Promise<void> {
  try {
    for await (const _ of setInterval(500, undefined, { signal })) tell(await sizeOf(folder));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Bytes of all files in a folder; what vanishes meanwhile counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((total, size) => total + size, 0);
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ');
}
