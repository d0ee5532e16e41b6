import type { ProcessGroup } from '@d3pm/core';

/** A process group on MPI. */
export interface MpiGroup extends ProcessGroup {
  /**
   * Ends all processes of the group at once, whatever they do, and this one with them. The only way on after an operation that has failed.
   *
   * @param exitCode 1…255, what `mpirun` then exits with; any other number is taken for 1.
   */
  abort(exitCode: number): never;
}
