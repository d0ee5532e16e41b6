import { parentPort, workerData } from 'node:worker_threads';
import { rootTrace } from '../scores/root-trace.ts';

/** What the thread is started with. */
export interface RootTraceTask {
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** d */
  readonly numFeatures: number;
}

const { a, b, numFeatures } = workerData as RootTraceTask;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(rootTrace(a, b, numFeatures));
