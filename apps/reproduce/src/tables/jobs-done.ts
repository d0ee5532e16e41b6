import { missingPieces } from './missing-pieces.ts';
import { pieceName, piecesOf } from './piece-key.ts';
import type { Job } from './queue.ts';
import { rowPieces } from './row-pieces.ts';
import type { Table } from './table.ts';

/** What is there of a queue. */
export interface JobsDone {
  readonly done: number;
  readonly all: number;
  /** What is not there, a phrase for each job that lacks something. */
  readonly missing: readonly string[];
}

/** How many jobs of a queue are complete, and what the others lack. */
export async function jobsDone(table: Table, queue: readonly Job[], folder: string): Promise<JobsDone> {
  const lacks = await Promise.all(
    queue.map(async ({ row: name, seed }) => {
      const row = table.rows.find((each) => each.name === name)!;
      const lacking = await missingPieces(table, row, rowPieces(table, row, { folder, seed }));
      if (lacking.length === 0) return undefined;
      const which = lacking.length === piecesOf(table, row).length ? '' : ` (${lacking.map(pieceName).join(', ')})`;
      return `${name} seed ${seed}${which}`;
    }),
  );
  const missing = lacks.filter((lack) => lack !== undefined);
  return { done: queue.length - missing.length, all: queue.length, missing };
}
