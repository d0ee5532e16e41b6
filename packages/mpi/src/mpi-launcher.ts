/** Whose library a launcher works with. */
export type MpiFamily = 'mpich' | 'open-mpi';

/** What has started this process as one of several, as its environment tells. */
export interface MpiLauncher {
  /** For people, with what tells it: `mpirun of Open MPI (OMPI_COMM_WORLD_SIZE=4)`. */
  readonly name: string;
  readonly family: MpiFamily;
  /** Number of processes; undefined where it does not tell. */
  readonly size: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Sign {
  readonly variable: string;
  readonly launcher: string;
  readonly family: MpiFamily;
  /** Where the number of processes stands; the variable itself unless given. */
  readonly size?: string;
}

/** What launchers set, those first that say more. PMIx alone is `srun --mpi=pmix`, whose size Slurm tells. */
const SIGNS: readonly Sign[] = [
  { variable: 'OMPI_COMM_WORLD_SIZE', launcher: 'mpirun of Open MPI', family: 'open-mpi' },
  { variable: 'MV2_COMM_WORLD_SIZE', launcher: 'mpirun of MVAPICH2', family: 'mpich' },
  { variable: 'PMI_SIZE', launcher: 'a launcher for MPICH or its kin', family: 'mpich' },
  { variable: 'PMI_RANK', launcher: 'a launcher for MPICH or its kin', family: 'mpich', size: 'SLURM_STEP_NUM_TASKS' },
  { variable: 'PMIX_RANK', launcher: 'a launcher with PMIx', family: 'open-mpi', size: 'SLURM_STEP_NUM_TASKS' },
  { variable: 'MPI_LOCALNRANKS', launcher: 'mpiexec of Hydra', family: 'mpich', size: '' },
];

/** The launcher of MPI that has started this process, if any. Slurm without MPI is none. */
export function mpiLauncher(env: Environment): MpiLauncher | undefined {
  for (const { variable, launcher, family, size = variable } of SIGNS) {
    if (env[variable] === undefined || !/^\d+$/.test(env[variable])) continue;
    // Open MPI 4 writes that into the environment of a process that it runs alone, and into those of its children.
    if (variable === 'PMIX_RANK' && env['OMPI_MCA_ess'] === 'singleton') continue;
    return { name: `${launcher} (${variable}=${env[variable]})`, family, size: positive(env[size]) };
  }
  return undefined;
}

/** How many processes `srun` has started with this one without telling any MPI of it; undefined where it has not. */
export function tasksWithoutMpi(env: Environment): number | undefined {
  return mpiLauncher(env) === undefined && env['SLURM_PROCID'] !== undefined ? positive(env['SLURM_STEP_NUM_TASKS']) : undefined;
}

function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}
