import type { ContestantResult, WorkResult } from './bench-result.ts';
import { digits } from './judge.ts';

/** A row of the printed table: console.table makes columns of the keys. */
export type TableRow = Readonly<Record<string, string>>;

/** One row for each contestant of each work. */
export function timeRows(results: readonly WorkResult[]): TableRow[] {
  return results.flatMap(({ name, contestants }) =>
    contestants.map((contestant) => ({
      work: name,
      by: contestant.name,
      'median ms': contestant.time ? digits(contestant.time.median) : '',
      'p10 … p90': contestant.time ? `${digits(contestant.time.p10)} … ${digits(contestant.time.p90)}` : '',
      samples: contestant.time ? String(contestant.time.count) : '',
      'others had': contestant.time?.disturbance === undefined ? '' : `${(100 * contestant.time.disturbance).toFixed(0)} %`,
      besides: describeFacts(contestant),
    })),
  );
}

/** One row for each goal of each work. */
export function goalRows(results: readonly WorkResult[]): TableRow[] {
  return results.flatMap(({ name, verdicts }) =>
    verdicts.map(({ goal, measured = '', reached }) => ({ work: name, goal, measured, reached: reachedText(reached) })),
  );
}

export function reachedText(reached: boolean | undefined): string {
  return reached === undefined ? 'not measured' : reached ? 'yes' : 'no';
}

export function describeFacts({ parameters, keptBytes, relativeError, note }: ContestantResult): string {
  return [
    parameters !== undefined && `${parameters.toLocaleString('en')} parameters`,
    keptBytes !== undefined && Number.isFinite(keptBytes) && `keeps ${digits(keptBytes / 1e6)} MB`,
    relativeError !== undefined && `relative error ${relativeError.toExponential(1)}`,
    note,
  ]
    .filter(Boolean)
    .join(', ');
}
