import type { PieceFiles } from './piece-files.ts';
import { piecesOf, type PieceKey } from './piece-key.ts';
import type { Table, TableRow } from './table.ts';

/** The pieces of a row that are not there, in the order in which they are made. @throws {D3pmError} as the files are read */
export async function missingPieces(table: Table, row: TableRow, files: PieceFiles): Promise<readonly PieceKey[]> {
  const keys = piecesOf(table, row);
  const found = await Promise.all(keys.map((key) => files.read(key)));
  return keys.filter((_, i) => found[i] === undefined);
}
