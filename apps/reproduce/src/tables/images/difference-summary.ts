import type { DifferenceRecord } from '../row-results.ts';
import type { ImageTable, TableRow } from '../table.ts';
import type { TableReader } from '../table-reader.ts';
import { overSeeds, type OverSeeds } from '../table-summary.ts';
import { assertOneExtractor } from './assert-one-extractor.ts';
import { scoreDigits } from './score-digits.ts';

/** What more steps change in a score of one row, over its seeds. */
export interface DifferenceSummary extends Pick<DifferenceRecord, 'lessSteps' | 'name' | 'numSamples' | 'steps'> {
  readonly row: TableRow;
  readonly difference: OverSeeds;
  /** The largest of the seeds. */
  readonly standardError: number;
  readonly digits: number;
}

/** Differences that are there, in the order of the table. @throws {D3pmError} as the pieces are read, and as {@link differenceSummary} */
export async function summarizeDifferences(table: ImageTable, { read }: TableReader): Promise<readonly DifferenceSummary[]> {
  const summaries: DifferenceSummary[] = [];
  for (const row of table.rows) {
    for (const { name: features } of table.features) {
      const found = await read(row, { kind: 'difference', features, steps: table.chains[0]! });
      if (found.length > 0) summaries.push({ row, ...differenceSummary(found.map(({ value }) => value)) });
    }
  }
  return summaries;
}

/** @param records Of one row, a seed each. @throws {D3pmError} as {@link assertOneExtractor} */
export function differenceSummary(records: readonly DifferenceRecord[]): Omit<DifferenceSummary, 'row'> {
  assertOneExtractor(records);
  const [{ lessSteps, name, numSamples, steps }] = records as [DifferenceRecord];
  const standardError = Math.max(...records.map((record) => record.standardError));
  return {
    lessSteps,
    name,
    numSamples,
    steps,
    difference: overSeeds(records.map(({ difference }) => difference)),
    standardError,
    digits: scoreDigits(name, standardError),
  };
}
