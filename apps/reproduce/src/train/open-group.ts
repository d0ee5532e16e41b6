import { availableParallelism } from 'node:os';
import type { ProcessGroup } from '@d3pm/core';
import { createMpiGroup, isLaunchedByMpi } from '@d3pm/mpi';
import type { GroupChoice } from '../choices.ts';

export interface OpenGroupOptions {
  /** How long an operation may take, waiting for slower members included. Absent: half an hour. */
  readonly timeoutSeconds?: number | undefined;
}

/** The processes that work with this one; undefined where it is to work alone. */
export async function openGroup(choice: GroupChoice, { timeoutSeconds }: OpenGroupOptions = {}): Promise<ProcessGroup | undefined> {
  if (choice === 'none' || (choice === 'auto' && !isLaunchedByMpi())) return undefined;
  const group = await createMpiGroup(timeoutSeconds === undefined ? {} : { timeoutSeconds });
  const card = cardOfMember(group, process.env['CUDA_VISIBLE_DEVICES']);
  if (card !== undefined) process.env['CUDA_VISIBLE_DEVICES'] = card;
  return group;
}

/** Threads of the engine of one of the processes that share a host. */
export function threadsOfMember({ localSize }: Pick<ProcessGroup, 'localSize'>, cores: number = availableParallelism()): number {
  return Math.max(1, Math.floor(cores / localSize));
}

/**
 * The card that a process is to see of those that it may use (`CUDA_VISIBLE_DEVICES`; all unless set): TensorFlow takes the memory of all that
 * it sees. Undefined where it may have what there is.
 */
export function cardOfMember(
  { localRank, localSize }: Pick<ProcessGroup, 'localRank' | 'localSize'>,
  visible?: string,
): string | undefined {
  if (localSize === 1 || visible === '') return undefined;
  const cards = visible?.split(',');
  return cards === undefined ? String(localRank) : cards[localRank % cards.length]!;
}
