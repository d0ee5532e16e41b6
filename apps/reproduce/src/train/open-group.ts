import { availableParallelism } from 'node:os';
import type { ProcessGroup } from '@d3pm/core';
import { createMpiGroup, isLaunchedByMpi } from '@d3pm/mpi';

/** `auto`: the processes that a launcher of MPI has started with this one, if one has. */
export type GroupChoice = 'auto' | 'mpi' | 'none';
export const groupChoices: readonly GroupChoice[] = ['auto', 'mpi', 'none'];

/** The processes that work with this one; undefined where it is to work alone. */
export async function openGroup(choice: GroupChoice): Promise<ProcessGroup | undefined> {
  if (choice === 'none' || (choice === 'auto' && !isLaunchedByMpi())) return undefined;
  const group = await createMpiGroup();
  chooseCard(group);
  return group;
}

/** Threads of the engine of one of the processes that share a host. */
export function threadsOfMember({ localSize }: ProcessGroup): number {
  return Math.max(1, Math.floor(availableParallelism() / localSize));
}

/** Shows this process one card of those that it may use: TensorFlow takes all that it sees. */
function chooseCard({ localRank, localSize }: ProcessGroup): void {
  if (localSize === 1) return;
  const cards = process.env['CUDA_VISIBLE_DEVICES']?.split(',').filter((card) => card !== '') ?? [];
  process.env['CUDA_VISIBLE_DEVICES'] = cards.length === 0 ? String(localRank) : cards[localRank % cards.length]!;
}
