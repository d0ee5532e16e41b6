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
      const [files, keys] = [rowPieces(table, row, { folder, seed }), piecesOf(table, row)];
      const found = await Promise.all(keys.map((key) => files.read(key)));
      const lacking = keys.filter((_, i) => found[i] === undefined).map(pieceName);
      return lacking.length === 0 ? undefined : `${name} seed ${seed}${lacking.length === keys.length ? '' : ` (${lacking.join(', ')})`}`;
    }),
  );
  const missing = lacks.filter((lack) => lack !== undefined);
  return { done: queue.length - missing.length, all: queue.length, missing };
}
