import type { Metric, MetricReport, States } from '@d3pm/core';

/**
 * Reads samples once, for all metrics, and gives their reports in the same order. Batches may come from anywhere: a
 * sampler, a file, a generator; none is kept.
 *
 * @throws {D3pmError} what the metrics throw: `INVALID_DATA` when there is no sample.
 */
export async function evaluateMetrics(
  samples: AsyncIterable<States> | Iterable<States>,
  metrics: readonly Metric[],
): Promise<readonly MetricReport[]> {
  for await (const batch of samples) for (const metric of metrics) await metric.update(batch);
  const reports: MetricReport[] = [];
  for (const metric of metrics) reports.push(await metric.report());
  return reports;
}
