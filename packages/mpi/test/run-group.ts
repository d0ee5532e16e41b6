import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Installation } from './installations.ts';

export interface GroupRun {
  readonly exitCode: number | null;
  /** What the members have printed, in any order. */
  readonly lines: readonly unknown[];
  /** What the launcher and Node have said. */
  readonly stderr: string;
}

export interface RunGroupOptions {
  readonly ranks: number;
  /** One of the plays of `group-child.ts`, or another program. */
  readonly play: string;
  readonly program?: string;
  /** Those of `createMpiGroup`. */
  readonly options?: object;
  /** For Node, as `--max-old-space-size=64`. */
  readonly nodeOptions?: readonly string[];
}

/** Later than this nobody waits for a group to end: the exit code is null. */
const LIMIT_MS = 30_000;

/** Starts members as a user would, and waits for the launcher's end. */
export async function runGroup(
  installation: Installation,
  { ranks, play, program = 'group-child.ts', options = {}, nodeOptions = [] }: RunGroupOptions,
): Promise<GroupRun> {
  const { launcher, launcherArguments } = installation;
  const child = [process.execPath, ...nodeOptions, join(import.meta.dirname, program), play, JSON.stringify(options)];
  const launched = spawn(launcher, [...launcherArguments, '-n', String(ranks), ...child], {
    // Open MPI does not start programs of root unless it is told so twice.
    env: { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  launched.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  launched.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => launched.on('error', reject).on('close', resolve));
  const lines = stdout.split('\n').filter((line) => /^[[{]/.test(line)); // the mpirun of MPICH has banners
  return { exitCode, lines: lines.map((line): unknown => JSON.parse(line)), stderr };
}
