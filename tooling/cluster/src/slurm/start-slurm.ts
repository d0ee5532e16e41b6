import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Started } from '../suite.ts';
import { startDaemon, type Daemon } from './daemon.ts';
import { NODE, slurmConf } from './slurm-conf.ts';

/** Milliseconds for it to come up, and for its jobs to end. */
const PATIENCE = 60_000;

/** A Slurm of one node, in a temporary folder and on loopback. With the environment `sbatch` and the others know it. */
export async function startSlurm(): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'd3pm-slurm-'));
  // The socket of munge is for everybody.
  chmodSync(folder, 0o755);
  for (const name of ['munge', 'state', 'spool']) mkdirSync(join(folder, name), { mode: 0o755 });
  const conf = join(folder, 'slurm.conf');
  const options = { folder, hostname: hostname().split('.', 1)[0]!, processors: Math.max(8, availableParallelism()) };
  writeFileSync(conf, slurmConf({ ...options, ports: await freePorts() }));
  const env = { ...withoutSlurm(process.env), SLURM_CONF: conf };
  const daemons: { readonly name: string; readonly daemon: Daemon }[] = [];
  const start = (name: string, args: readonly string[]): void => {
    daemons.unshift({ name, daemon: startDaemon(name, args, { env, log: join(folder, `${name}.log`) }) });
  };
  const stop = async (): Promise<void> => {
    await endJobs(env);
    for (const { daemon } of daemons) await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    startMunge(folder, start);
    await until(() => spawnSync('munge', ['--no-input', `--socket=${join(folder, 'munge/socket')}`]).status === 0, daemons);
    start('slurmctld', ['-D', '-c']);
    start('slurmd', ['-D', '-N', NODE]);
    await until(() => ask(env, 'sinfo', '--noheader', '--format=%T') === 'idle', daemons);
    return { env, stop };
  } catch (error) {
    const logs = daemons.map(({ name }) => `${name}:\n${readFileSync(join(folder, `${name}.log`), 'utf8').slice(-2000)}`);
    await stop();
    throw new Error(`no Slurm: ${(error as Error).message}\n${logs.join('\n')}`, { cause: error });
  }
}

function startMunge(folder: string, start: (name: string, args: readonly string[]) => void): void {
  const at = (name: string): string => join(folder, 'munge', name);
  writeFileSync(at('key'), randomBytes(128), { mode: 0o400 });
  const files = { 'key-file': 'key', 'log-file': 'log', 'pid-file': 'pid', 'seed-file': 'seed', socket: 'socket' };
  start('munged', ['--foreground', ...Object.entries(files).map(([flag, name]) => `--${flag}=${at(name)}`)]);
}

/** Jobs outlive the daemons, whose processes would then be nobody's. */
async function endJobs(env: NodeJS.ProcessEnv): Promise<void> {
  const jobs = ask(env, 'squeue', '--noheader', '--format=%A');
  if (jobs === undefined || jobs === '') return;
  spawnSync('scancel', jobs.split('\n'), { env });
  const deadline = Date.now() + PATIENCE;
  while (ask(env, 'squeue', '--noheader') !== '' && Date.now() < deadline) await sleep(500);
}

async function until(isReached: () => boolean, daemons: readonly { readonly daemon: Daemon }[]): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!isReached()) {
    const ended = daemons.map(({ daemon }) => daemon.end()).find((end) => end !== undefined);
    if (ended !== undefined) throw new Error(ended);
    if (Date.now() > deadline) throw new Error(`it has not come up within ${PATIENCE / 1000} s`);
    await sleep(200);
  }
}

/** What a program says; undefined when it fails. */
function ask(env: NodeJS.ProcessEnv, program: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { env, encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.trim() : undefined;
}

/** The tests may themselves be a job. */
function withoutSlurm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(SLURM|SBATCH|SRUN|SQUEUE|PMIX?)_/.test(name)));
}

async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) => new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [ports[0]!, ports[1]!];
}
