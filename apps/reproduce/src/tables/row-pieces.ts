import { join } from 'node:path';
import { fingerprint } from './fingerprint.ts';
import { scoredBy } from './images/scored-by.ts';
import { pieceFiles, type PieceFiles } from './piece-files.ts';
import type { Table, TableRow } from './table.ts';

/** The results of a row and seed in the folder of its table; those of another config or size are refused when they are read. */
export function rowPieces(
  table: Table,
  { name, config }: TableRow,
  { folder, seed }: { readonly folder: string; readonly seed: number },
): PieceFiles {
  const { saving: _, evaluation: __, ...decides } = config;
  const ofRow = { seed, ...decides, sizes: table.sizes };
  return pieceFiles(join(rowFolder(folder, { row: name, seed }), 'results'), (key) =>
    fingerprint(table.kind === 'image' && 'features' in key ? { ...ofRow, ...scoredBy(table, key.features) } : ofRow),
  );
}

/** Where a row and seed is, in the folder of its table. */
export function rowFolder(folder: string, { row, seed }: { readonly row: string; readonly seed: number }): string {
  return join(folder, `${row}-seed-${seed}`);
}
