import { createRng, type Rng } from '@d3pm/core';

export interface Replicates {
  readonly mean: number;
  readonly deviation: number;
  /** Root of the mean of the squared standard errors. */
  readonly standardError: number;
}

/** An estimate again and again, from seeds 0, 1, …: what it is on average, how far it lies from that, and how far it says that it does. */
export async function replicates(
  count: number,
  run: (rng: Rng) => Promise<{ readonly value: number; readonly standardError: number }>,
): Promise<Replicates> {
  const reports: { readonly value: number; readonly standardError: number }[] = [];
  for (let r = 0; r < count; r++) reports.push(await run(createRng(r)));
  const average = (of: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((sum, report) => sum + of(report), 0) / count;
  const mean = average(({ value }) => value);
  return {
    mean,
    deviation: Math.sqrt(average(({ value }) => (value - mean) ** 2)),
    standardError: Math.sqrt(average(({ standardError }) => standardError ** 2)),
  };
}
