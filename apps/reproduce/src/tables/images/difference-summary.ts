import { scoreDigits } from './score-digits.ts';
import type { DifferenceRecord } from '../row-results.ts';
import type { ImageTable, TableRow } from '../table.ts';
import type { TableReader } from '../table-reader.ts';
import { overSeeds, type OverSeeds } from '../table-summary.ts';

/** What more steps change in a score of one row, over its seeds. */
export interface DifferenceSummary extends Pick<DifferenceRecord, 'extractor' | 'lessSteps' | 'name' | 'numSamples' | 'steps'> {
  readonly row: TableRow;
  readonly difference: OverSeeds;
  /** The largest of the seeds. */
  readonly standardError: number;
  readonly digits: number;
}

/** Differences that are there, in the order of the table. @throws {D3pmError} as the pieces are read */
export async function summarizeDifferences(table: ImageTable, { read }: TableReader): Promise<readonly DifferenceSummary[]> {
  const summaries: DifferenceSummary[] = [];
  for (const row of table.rows) {
    for (const { name: features } of table.features) {
      const found = await read(row, { kind: 'difference', features, steps: table.chains[0]! });
      if (found.length === 0) continue;
      const { extractor, lessSteps, name, numSamples, steps } = found[0]!.value;
      const standardError = Math.max(...found.map(({ value }) => value.standardError));
      summaries.push({
        row,
        extractor,
        lessSteps,
        name,
        numSamples,
        steps,
        difference: overSeeds(found.map(({ value }) => value.difference)),
        standardError,
        digits: scoreDigits(name, standardError),
      });
    }
  }
  return summaries;
}
