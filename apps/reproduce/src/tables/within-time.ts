import type { EndOfProcess } from '@d3pm/train/node';
import { watchWork } from '../train/watch-work.ts';

export interface WithinTimeOptions {
  /** Absent: as long as it takes. */
  readonly minutes?: number | undefined;
  readonly quiet: boolean;
}

export interface WorkSignals {
  /** A signal of the process: whatever is not saved is left out. */
  readonly process: AbortSignal;
  /** The same, or that the time is up: what can be finished is finished. */
  readonly end: AbortSignal;
}

/** How often the time is looked at; a timer of weeks would overflow. */
const EVERY_MS = 1000;

/** The work until it is done, the process is asked to end, or its time is up, which is an end in order as well. */
export async function withinTime(
  { minutes, quiet }: WithinTimeOptions,
  work: (signals: WorkSignals) => Promise<EndOfProcess | undefined>,
): Promise<EndOfProcess | undefined> {
  const watch = watchWork({ quiet });
  const time = new AbortController();
  const deadline = performance.now() + (minutes ?? Infinity) * 60_000;
  const timer = setInterval(() => {
    if (performance.now() >= deadline) time.abort({ exitCode: 0 } satisfies EndOfProcess);
  }, EVERY_MS);
  try {
    return await work({ process: watch.signal, end: AbortSignal.any([watch.signal, time.signal]) });
  } catch (error) {
    if (watch.signal.aborted && error === watch.signal.reason) return error as EndOfProcess;
    throw error;
  } finally {
    clearInterval(timer);
    watch.dispose();
  }
}
