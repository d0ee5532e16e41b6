import type { TrainingRecord } from '../row-results.ts';
import type { ImageTable, TableRow } from '../table.ts';
import type { TableReader } from '../table-reader.ts';

/** How one seed of a row was trained. */
export interface TrainingSummary extends TrainingRecord {
  readonly row: TableRow;
  readonly seed: number;
}

/** Trainings that are there, in the order of the table. @throws {D3pmError} as the pieces are read */
export async function summarizeTrainings(table: ImageTable, { read }: TableReader): Promise<readonly TrainingSummary[]> {
  const summaries: TrainingSummary[] = [];
  for (const row of table.rows) {
    for (const { seed, value } of await read(row, { kind: 'training' })) summaries.push({ row, seed, ...value });
  }
  return summaries;
}
