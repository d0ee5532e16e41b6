import type { ScoresRecord } from '../row-results.ts';
import type { ImageTable, TableRow } from '../table.ts';
import type { TableReader } from '../table-reader.ts';
import { overSeeds, type OverSeeds } from '../table-summary.ts';
import { assertOneExtractor } from './assert-one-extractor.ts';
import { scoreDigits } from './score-digits.ts';

/** Scores of one row over its seeds, or of real images. */
export interface ScoreSummary {
  /** Absent: real images. */
  readonly row?: TableRow;
  readonly steps: number;
  readonly numSamples: number;
  readonly reference: string;
  readonly extractor: ScoresRecord['extractor'];
  readonly names: readonly string[];
  readonly values: readonly { readonly value: OverSeeds; readonly standardError: number | undefined; readonly digits: number }[];
  readonly warnings: readonly string[];
}

/** Scores of the rows that are there, in the order of the table. */
export async function summarizeScores(table: ImageTable, { read }: TableReader): Promise<readonly ScoreSummary[]> {
  const summaries: ScoreSummary[] = [];
  for (const row of table.rows) {
    for (const { name: features } of table.features) {
      for (const steps of new Set([table.sampleSteps, table.chains[0]!])) {
        const found = await read(row, { kind: 'scores', features, steps });
        if (found.length > 0) summaries.push({ row, ...scoreSummary(found.map(({ value }) => value)) });
      }
    }
  }
  return summaries;
}

/**
 * @param records Of one row, a seed each.
 * @throws {D3pmError} as {@link assertOneExtractor}
 */
export function scoreSummary(records: readonly ScoresRecord[]): Omit<ScoreSummary, 'row'> {
  const [{ steps, numSamples, reference, extractor, reports }] = records as [ScoresRecord];
  assertOneExtractor(records);
  return {
    steps,
    numSamples,
    reference,
    extractor,
    names: reports.map(({ name, unit }) => `${name}, ${unit}`),
    values: reports.map(({ name }, i) => {
      const errors = records.flatMap((record) => record.reports[i]!.standardError ?? []);
      const standardError = errors.length === 0 ? undefined : Math.max(...errors);
      return {
        value: overSeeds(records.map((record) => record.reports[i]!.value)),
        standardError,
        digits: scoreDigits(name, standardError),
      };
    }),
    warnings: records.flatMap((record) => record.reports.flatMap(({ warnings = [] }) => warnings)),
  };
}
