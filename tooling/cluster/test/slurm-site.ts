import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LONG, TINY } from './tiny-config.ts';

const CLI = fileURLToPath(new URL('../../../apps/reproduce/dist/cli.js', import.meta.url));
/** The folder of the cluster, which removes what is left in it. */
const CLUSTER = dirname(process.env['SLURM_CONF']!);

/** A folder from which jobs are handed in, with `tiny.yaml` and `long.yaml`. */
export interface SlurmSite {
  readonly at: (...path: readonly string[]) => string;
  /** Runs d3pm to its end, outside of Slurm; throws when it fails. */
  readonly d3pm: (...args: readonly string[]) => void;
  /** Lets `d3pm cluster slurm` write a job, which tells the number of each of its processes, and hands it in. */
  readonly submit: (name: string, options: readonly string[], command: readonly string[]) => void;
  /** Runs the `submit.sh` of a job again. */
  readonly resubmit: (name: string) => void;
  /** All that jobs of this name have printed. */
  readonly logOf: (name: string) => string;
  readonly remove: () => void;
}

export function slurmSite(): SlurmSite {
  const folder = mkdtempSync(join(CLUSTER, 'site-'));
  const at = (...path: readonly string[]): string => join(folder, ...path);
  const program = at('d3pm');
  writeFileSync(program, `#!/bin/sh\necho "pid $$" >&2\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(at('tiny.yaml'), TINY);
  writeFileSync(at('long.yaml'), LONG);
  const d3pm = (...args: readonly string[]): void => void call(program, args, folder);
  const resubmit = (name: string): void => void call(at(name, 'submit.sh'), [], folder);
  return {
    at,
    d3pm,
    submit: (name, options, command) => {
      d3pm('cluster', 'slurm', '--memory', '512Mi', '--program', program, '--name', name, '--to', name, ...options, '--', ...command);
      resubmit(name);
    },
    resubmit,
    logOf: (name) => {
      const logs = readdirSync(folder).filter((file) => new RegExp(`^${name}-[\\d_]+\\.log$`).test(file));
      return logs.map((file) => readFileSync(at(file), 'utf8')).join('');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a program to its end; gives what it prints, and throws when it fails. */
export function call(program: string, args: readonly string[], cwd = '/'): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return stdout.trim();
}

/** State and reason of each job of a name, those that have ended too: `COMPLETED None`. */
export function jobsOf(name: string): readonly string[] {
  return call('squeue', ['--noheader', '--array', '--states=all', `--name=${name}`, '--sort=i', '--format=%T %r']).split('\n');
}

/** Whether the node has nothing to do, and has cleared up: the sockets of steps are gone last. */
export const isIdle = (): boolean =>
  call('sinfo', ['--noheader', '--format=%T']) === 'idle' &&
  !readdirSync(join(CLUSTER, 'spool')).some((name) => /^(one_|sock\.)/.test(name));

export const idOf = (name: string): string => call('squeue', ['--noheader', `--name=${name}`, '--format=%A']);

/** Waits until no job of these names is there to run. */
export function allEnded(...names: readonly string[]): Promise<void> {
  return until(
    () => call('squeue', ['--noheader', `--name=${names.join(',')}`]) === '',
    () => `${names.join(', ')} have ended`,
  );
}

export async function until(isReached: () => boolean, what: () => string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!isReached()) {
    if (Date.now() > deadline) throw new Error(`not within 120 s: ${what()}\n${call('squeue', ['--states=all'])}`);
    await sleep(250);
  }
}
