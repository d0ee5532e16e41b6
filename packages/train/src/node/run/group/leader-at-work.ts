import type { ProcessGroup } from '@d3pm/core';

/** An operation of a group has a limit of time, for members that have died; work that takes longer tells the others once in so long. */
const BEAT_MS = 1000;
const [BUSY, DONE] = [1, 0];

/** Work of rank 0 for which the others wait by {@link waitForLeader}, however long it takes: they hear that it goes on. Alone it is just the work. */
export async function workWhileOthersWait<T>(group: ProcessGroup | undefined, work: () => Promise<T>): Promise<T> {
  if (group === undefined || group.size === 1) return work();
  let beats = Promise.resolve();
  const timer = setInterval(() => {
    beats = beats.then(() => group.broadcast(Uint8Array.of(BUSY)));
    beats.catch(() => undefined); // awaited below
  }, BEAT_MS);
  const result = await work().finally(() => clearInterval(timer));
  await beats;
  await group.broadcast(Uint8Array.of(DONE));
  return result;
}

/** Returns when rank 0 has done its work. */
export async function waitForLeader(group: ProcessGroup): Promise<void> {
  const said = Uint8Array.of(BUSY);
  while (said[0] === BUSY) await group.broadcast(said);
}
