import { D3pmError } from '@d3pm/core';
import type { ScoresRecord } from '../row-results.ts';

type Scored = Pick<ScoresRecord, 'extractor'>;

/** @throws {D3pmError} `INVALID_DATA` for scores of one row by different networks or weights, whose mean would be one of nothing */
export function assertOneExtractor(records: readonly Scored[]): void {
  const other = records.find((record) => identityOf(record) !== identityOf(records[0]!));
  if (!other) return;
  throw new D3pmError(
    'INVALID_DATA',
    `table: scores of one row are by ${identityOf(records[0]!)} and by ${identityOf(other)}, which cannot be averaged; delete the results of one, and they are made again`,
  );
}

const identityOf = ({ extractor: { id, checksum } }: Scored): string => `${id} (SHA-256 ${checksum.slice(0, 16)}…)`;
