import { spawn, spawnSync } from 'node:child_process';

/** The mpirun of an implementation, as Debian names it. */
export interface Launcher {
  readonly name: string;
  readonly program: string;
  /** For more ranks than there are processors. */
  readonly options: readonly string[];
}

export const launchers: readonly Launcher[] = [
  { name: 'Open MPI', program: 'mpirun.openmpi', options: ['--oversubscribe', '--bind-to', 'none'] },
  { name: 'MPICH', program: 'mpirun.mpich', options: [] },
];

/** Continuous integration has both; elsewhere what is not here is skipped. */
const isRequired = process.env['CI'] === 'true' || process.env['D3PM_MPI'] === 'required';
export const isMissing = ({ program }: Launcher): boolean => !isRequired && spawnSync(program, ['--version']).status !== 0;

/** Ranks that run the same command. */
export interface Ranks {
  readonly count: number;
  readonly command: readonly string[];
}

export interface LaunchOptions {
  readonly cwd: string;
  /** Is given what has been said on standard error so far, whenever there is more. */
  readonly onError?: (text: string) => void;
}

export interface Launched {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a group to its end, which is killed after a minute. */
export async function launch({ program, options }: Launcher, groups: readonly Ranks[], { cwd, onError }: LaunchOptions): Promise<Launched> {
  const args = groups.flatMap(({ count, command }, i) => [...(i === 0 ? [] : [':']), '-n', String(count), ...command]);
  const child = spawn(program, [...options, ...args], {
    cwd,
    env: { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    onError?.(err);
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, out, err };
}
