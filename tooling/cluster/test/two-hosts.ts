import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { entering, type Host } from '../src/hosts/host.ts';
import { killAllOn } from '../src/hosts/kill-all-on.ts';
import { INTERFACE, takeUp } from '../src/hosts/link.ts';
import { onHost } from '../src/hosts/on-host.ts';
import { processesOn, type HostProcess } from '../src/hosts/processes-on.ts';
import type { TwoHosts } from '../src/hosts/start-hosts.ts';

const { agent, folder, ...hosts } = JSON.parse(process.env['D3PM_HOSTS']!) as TwoHosts;
export const { near, far } = hosts;

/** An empty folder, which both see. */
export const newFolder = (): string => mkdtempSync(join(folder, 'test-'));

/** The mpirun of an implementation, as Debian names it, for one rank on each host. */
export interface Launcher {
  readonly name: string;
  readonly program: string;
  readonly options: readonly string[];
}

export const launchers: readonly Launcher[] = [
  {
    name: 'Open MPI',
    program: 'mpirun.openmpi',
    options: ['--mca', 'plm_rsh_agent', agent, '-host', `${near.address}:1,${far.address}:1`, '--bind-to', 'none'],
  },
  {
    name: 'MPICH',
    program: 'mpirun.mpich',
    options: ['-launcher', 'ssh', '-launcher-exec', agent, '-hosts', `${near.address},${far.address}`],
  },
];

/** Continuous integration has both; elsewhere what is not here is skipped. */
export const isMissing = ({ program }: Launcher): boolean => process.env['CI'] !== 'true' && spawnSync(program, ['--version']).status !== 0;

/** As after a login: a launcher is not to find itself in a job of Slurm. */
const ENV = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
};

/** What runs on both. */
export const processes = (): readonly HostProcess[] => [near, far].flatMap(processesOn);

export const killAll = async (): Promise<void> => void (await Promise.all([near, far].map(killAllOn)));

export const cutLink = (): void => void onHost(far, 'ip', 'link', 'set', INTERFACE, 'down');
export const mendLink = (): Promise<void> => takeUp(near, far);

/** Bytes that a host has sent to the other. */
export const bytesSentBy = (host: Host): number => Number(onHost(host, 'cat', `/sys/class/net/${INTERFACE}/statistics/tx_bytes`));

export interface Launched {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Launching {
  /** What has been said on standard error so far. */
  readonly err: () => string;
  /** Tells the launcher to end. */
  readonly tell: (signal: NodeJS.Signals) => void;
  /** By the launcher, and by all that writes where it does. */
  readonly ended: Promise<Launched>;
}

/** Starts a rank on each host, from the near one. After two minutes the launcher is killed. */
export function launch({ program, options }: Launcher, command: readonly string[]): Launching {
  const [enter, ...args] = [...entering(near), program, ...options, '-n', '2', ...command];
  // This process becomes the launcher.
  const child = spawn(enter!, args, { env: ENV, stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000, killSignal: 'SIGKILL' });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Launched>((resolve, reject) => child.on('error', reject).on('close', (code) => resolve({ code, out, err })));
  return { err: () => err, tell: (signal) => void child.kill(signal), ended };
}
