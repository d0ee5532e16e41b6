import type { Job } from './queue.ts';
import { rowPieces } from './row-pieces.ts';
import { isComplete } from './run-row.ts';
import type { Table } from './table.ts';

/** How many jobs of a queue are complete, and how many it has. */
export async function jobsDone(
  table: Table,
  queue: readonly Job[],
  folder: string,
): Promise<{ readonly done: number; readonly all: number }> {
  const complete = await Promise.all(
    queue.map((job) => {
      const row = table.rows.find(({ name }) => name === job.row)!;
      return isComplete(table, row, rowPieces(table, row, { folder, seed: job.seed }));
    }),
  );
  return { done: complete.filter(Boolean).length, all: queue.length };
}
