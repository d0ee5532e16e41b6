import { assertComparable } from '../scores/assert-statistics.ts';
import type { FeatureStatistics } from '../scores/feature-statistics.ts';
import { frechetReport, type FrechetReport } from '../scores/frechet-distance.ts';
import type { RootTrace } from '../scores/root-trace.ts';
import type { RootTraceTask } from './root-trace-worker.ts';
import { threadResult } from './thread-result.ts';

export interface FrechetDistanceInWorkerOptions {
  /** Ends the thread at once; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * `frechetDistance` in a thread of its own, which gets copies of the covariances: the same number, while the calling thread goes on.
 *
 * @throws {D3pmError} as `frechetDistance`; an `Error` of Node's when the thread ends without a result.
 */
export async function frechetDistanceInWorker(
  a: FeatureStatistics,
  b: FeatureStatistics,
  { signal }: FrechetDistanceInWorkerOptions = {},
): Promise<FrechetReport> {
  assertComparable('frechetDistanceInWorker', a, b);
  const task: RootTraceTask = { a: a.covariance, b: b.covariance, numFeatures: a.mean.length };
  // The built package has .js beside this file, its sources have .ts.
  const file = new URL(import.meta.url.replace(/[^/]+(\.[jt]s)$/, 'root-trace-worker$1'));
  const trace = await threadResult<RootTrace>(file, { caller: 'frechetDistanceInWorker', task, signal });
  return frechetReport('frechetDistanceInWorker', a, b, trace);
}
