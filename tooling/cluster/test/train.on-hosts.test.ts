import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onHost } from '../src/hosts/on-host.ts';
import { expectSameTraining, lastCheckpoint } from './run-folder.ts';
import { LONG, TINY } from './tiny-config.ts';
import { far, isMissing, killAll, launch, launchers, near, newFolder, processes } from './two-hosts.ts';

const CLI = fileURLToPath(new URL('../../../apps/reproduce/dist/cli.js', import.meta.url));

let folder: string;
const at = (...path: readonly string[]): string => join(folder, ...path);
const train = (config: string, run: string, ...more: readonly string[]): readonly string[] => {
  return [process.execPath, CLI, 'train', at(config), '--out', at('runs', run), '--engine', 'cpu', '--threads', '1', ...more];
};
/** Each process tells its number and its host, then is the program. */
const tellingPid = (command: readonly string[]): readonly string[] => [
  'sh',
  '-c',
  'echo "pid $$ on $(uname -n)" >&2; exec "$0" "$@"',
  ...command,
];

beforeEach(() => {
  folder = newFolder();
  writeFileSync(at('tiny.yaml'), TINY);
  writeFileSync(at('long.yaml'), LONG);
  // The other host has an empty folder there, and keeps it so: runs are for rank 0 alone.
  mkdirSync(at('runs'));
  onHost(far, 'mount', '-t', 'tmpfs', 'tmpfs', at('runs'));
});
afterEach(async () => {
  await killAll();
  onHost(far, 'umount', at('runs'));
  rmSync(folder, { recursive: true, force: true });
});

describe.each(launchers)('d3pm train over two hosts under the mpirun of $name', (launcher) => {
  const missing = isMissing(launcher);

  it.skipIf(missing)('trains what one process does, and only rank 0 needs the folder', async () => {
    onHost(near, ...train('tiny.yaml', 'one', '--quiet'));
    const { code, err } = await launch(launcher, tellingPid(train('tiny.yaml', 'two'))).ended;
    expect([code, err]).toEqual([0, expect.stringMatching(new RegExp(`^group of 2, 1 on this host: ${launcher.name} \\d`, 'm'))]);
    expect(err.match(/(?<=^pid \d+ on ).*/gm)?.toSorted()).toEqual([near.name, far.name]);
    expectSameTraining(at('runs', 'two'), at('runs', 'one'));
    expect(onHost(far, 'ls', '-A', at('runs'))).toBe('');
    expect(onHost(near, 'ls', '-A', at('runs'))).toBe('one\ntwo');
  });

  it.skipIf(missing)('has ended on both within 30 s when a rank of the other host is killed, and goes on without it', async () => {
    const { err, ended } = launch(launcher, tellingPid(train('long.yaml', 'run')));
    await vi.waitFor(() => expect(err()).toContain('training: '), { timeout: 90_000 });
    const [, pid] = new RegExp(`^pid (\\d+) on ${far.name}$`, 'm').exec(err())!;
    process.kill(Number(pid), 'SIGKILL');
    const killed = Date.now();
    const { code } = await ended;
    await vi.waitFor(() => expect(processes()).toEqual([]), { timeout: 30_000 });
    expect((Date.now() - killed) / 1000).toBeLessThan(30);
    expect(code).not.toBe(0);
    const last = lastCheckpoint(at('runs', 'run'));
    expect(last).toBeGreaterThan(0);
    // On the host of rank 0, which knows that the owner of the run's lock has ended. Another one waits a minute for that.
    const resume = train('long.yaml', 'run', '--set', `training.numSteps=${last + 4}`, '--allow-change');
    const told = onHost(near, 'sh', '-c', 'exec "$0" "$@" 2>&1', ...resume);
    expect(told).toContain(`going on from step ${last} of ${last + 4}`);
    expect(told).toContain('processes: 2 before, absent now');
  });
});
