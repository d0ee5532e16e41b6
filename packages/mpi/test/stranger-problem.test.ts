import { expect, it } from 'vitest';
import { strangerProblem } from '../src/create-mpi-group.ts';

const problem = (size: number, env: Readonly<Record<string, string>>): string | undefined =>
  strangerProblem({ size, transport: 'MPICH 4.0.2', library: 'libmpich.so.12', env });

it('[76] a launcher that has started several, of which the library sees one, is named with the library', () => {
  expect(problem(1, { OMPI_COMM_WORLD_SIZE: '4' })).toMatch(
    /^this process is one of 4 that mpirun of Open MPI \(OMPI_COMM_WORLD_SIZE=4\) has started, yet MPICH 4\.0\.2 \("libmpich\.so\.12"\) sees only this one: .*MPI_LIB/,
  );
});

it('[76] tasks that srun has started without MPI are told how to start', () => {
  expect(problem(1, { SLURM_STEP_NUM_TASKS: '4', SLURM_PROCID: '0' })).toMatch(
    /^this process is one of 4 that srun has started, yet MPICH .* sees only this one: start it with srun --mpi=pmix .* or srun --mpi=pmi2/,
  );
});

it.each([
  ['a process alone', 1, {}],
  ['the one process of a launcher', 1, { PMI_SIZE: '1' }],
  ['one that was launched by who knows how many', 1, { PMIX_RANK: '0' }],
  ['a program in a job of Slurm that mpirun starts', 4, { SLURM_STEP_NUM_TASKS: '2', SLURM_PROCID: '0', PMI_SIZE: '4' }],
  ['a group within a group', 2, { PMI_SIZE: '4' }],
])('%s is right', (_, size, env) => {
  expect(problem(size, env as Readonly<Record<string, string>>)).toBeUndefined();
});
