export { createMpiGroup, type MpiGroupOptions } from './create-mpi-group.ts';
export { isLaunchedByMpi } from './is-launched-by-mpi.ts';
export type { MpiGroup } from './mpi-group.ts';
