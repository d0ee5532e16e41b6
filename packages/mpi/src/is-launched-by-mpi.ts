import { mpiLauncher } from './mpi-launcher.ts';

/**
 * Whether this process is one of several that `mpirun`, `mpiexec`, `srun --mpi=…` or a like launcher has started, as its environment
 * tells: a program then calls `createMpiGroup`, and `singleProcess` of @d3pm/core otherwise. Tasks that Slurm has started without MPI are
 * not, nor is the one process of `mpirun -n 1`.
 *
 * @param env `process.env` unless given.
 */
export function isLaunchedByMpi(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  const launcher = mpiLauncher(env);
  return launcher !== undefined && launcher.size !== 1;
}
