import type { PieceKey } from './piece-key.ts';
import type { Job } from './queue.ts';
import { rowPieces } from './row-pieces.ts';
import type { PieceProvenance, PieceValues } from './row-results.ts';
import type { Table, TableRow } from './table.ts';

/** A piece of one seed. */
export interface Found<V> {
  readonly seed: number;
  readonly value: V;
}

/** What is there of a table. */
export interface TableReader {
  /** A piece of every seed of the queue that has it. @throws {D3pmError} `INVALID_DATA` for a result file that is none */
  read<K extends PieceKey>(row: TableRow, key: K): Promise<readonly Found<PieceValues[K['kind']]>[]>;
  /** How all was made that has been read. */
  readonly provenance: readonly PieceProvenance[];
}

export function tableReader(table: Table, queue: readonly Job[], folder: string): TableReader {
  const provenance: PieceProvenance[] = [];
  return {
    provenance,
    read: async (row, key) => {
      const seeds = queue.filter((job) => job.row === row.name);
      const pieces = await Promise.all(
        seeds.map(async ({ seed }) => ({ seed, piece: await rowPieces(table, row, { folder, seed }).read(key) })),
      );
      return pieces.flatMap(({ seed, piece }) => {
        if (piece === undefined) return [];
        provenance.push(piece.provenance);
        return [{ seed, value: piece.value }];
      });
    },
  };
}
