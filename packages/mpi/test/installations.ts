import { spawnSync } from 'node:child_process';

/** An implementation of MPI, as Debian installs it beside others. */
export interface Installation {
  readonly name: string;
  readonly launcher: string;
  /** For more ranks than there are processors. */
  readonly launcherArguments: readonly string[];
  readonly library: string;
  readonly transport: RegExp;
}

export const installations: readonly Installation[] = [
  {
    name: 'Open MPI',
    launcher: 'mpirun.openmpi',
    launcherArguments: ['--oversubscribe', '--bind-to', 'none'],
    library: 'libmpi.so.40',
    transport: /^Open MPI \d+\.\d+/,
  },
  { name: 'MPICH', launcher: 'mpirun.mpich', launcherArguments: [], library: 'libmpich.so.12', transport: /^MPICH \d+\.\d+/ },
];

/** Continuous integration has both; elsewhere what is not here is skipped. */
const isRequired = process.env['CI'] === 'true' || process.env['D3PM_MPI'] === 'required';

/** Whether its tests cannot run and need not. */
export const isSkipped = ({ launcher }: Installation): boolean => !isRequired && spawnSync(launcher, ['--version']).status !== 0;
