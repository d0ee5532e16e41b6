import { describe, expect, it } from 'vitest';
import { isLaunchedByMpi } from '../src/index.ts';
import { tasksWithoutMpi } from '../src/mpi-launcher.ts';

describe('isLaunchedByMpi', () => {
  it.each([
    ['mpirun of Open MPI', { OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_RANK: '0', PMIX_RANK: '0' }],
    ['mpiexec of MPICH and Intel MPI', { PMI_RANK: '1', PMI_SIZE: '2', MPI_LOCALNRANKS: '2', MPI_LOCALRANKID: '1' }],
    ['mpirun of MVAPICH2', { MV2_COMM_WORLD_SIZE: '2' }],
    ['Hydra, when it tells no more', { MPI_LOCALNRANKS: '1' }],
    ['srun --mpi=pmix', { PMIX_RANK: '0', SLURM_STEP_NUM_TASKS: '2', SLURM_PROCID: '0' }],
    ['srun --mpi=pmi2', { PMI_RANK: '0', PMI_SIZE: '2', SLURM_STEP_NUM_TASKS: '2', SLURM_PROCID: '0' }],
    ['PMIx, when nothing tells how many', { PMIX_RANK: '3' }],
  ])('%s has', (_, env) => {
    expect(isLaunchedByMpi(env)).toBe(true);
  });

  it.each([
    ['nothing', {}],
    ['srun without MPI', { SLURM_NTASKS: '4', SLURM_STEP_NUM_TASKS: '4', SLURM_PROCID: '2' }],
    ['a job of Slurm with several tasks', { SLURM_NTASKS: '4', SLURM_JOB_ID: '7' }],
    ['mpirun -n 1 of Open MPI', { OMPI_COMM_WORLD_SIZE: '1', PMIX_RANK: '0' }],
    ['mpiexec -n 1 of MPICH', { PMI_RANK: '0', PMI_SIZE: '1', MPI_LOCALNRANKS: '1' }],
    ['srun --mpi=pmix of one', { PMIX_RANK: '0', SLURM_STEP_NUM_TASKS: '1' }],
    ['Open MPI 4 in a process that it runs alone', { PMIX_RANK: '0', OMPI_MCA_ess: 'singleton' }],
    ['a variable that is no number', { OMPI_COMM_WORLD_SIZE: 'many', PMI_RANK: '' }],
  ])('%s has not', (_, env) => {
    expect(isLaunchedByMpi(env)).toBe(false);
  });

  it('reads the environment of this process', () => {
    expect(isLaunchedByMpi()).toBe(false);
  });
});

it('tasks of srun count where no MPI was told of them', () => {
  expect(tasksWithoutMpi({ SLURM_STEP_NUM_TASKS: '4', SLURM_PROCID: '2' })).toBe(4);
  expect(tasksWithoutMpi({ SLURM_STEP_NUM_TASKS: '4', SLURM_PROCID: '2', PMIX_RANK: '2' })).toBeUndefined();
  expect(tasksWithoutMpi({ SLURM_NTASKS: '4', SLURM_JOB_ID: '7' })).toBeUndefined();
});
