import { availableParallelism } from 'node:os';

/**
 * The results of `work` on every item, in their order, with as many at once as there are processors, at most four.
 *
 * @throws what the first failure threw, when all that had begun has ended; nothing more is begun after it.
 */
export async function fewAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = new Array<R>(items.length);
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results[next[0]] = await work(next[1]);
    } finally {
      waiting.length = 0;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return results;
}
