import { readdir } from 'node:fs/promises';
import { readEventTimes, type EventTime } from '../run-files/event-times.ts';
import { openInRun } from '../run-files/open-in-run.ts';
import { median } from '../run-files/median.ts';
import { createPaceCounter } from '../run-files/pace.ts';
import type { PacePoint } from './dash-message.ts';
import { followFile } from './follow-file.ts';
import { MAX_POINTS } from './follow-metrics.ts';
import { keptPoints } from './kept-points.ts';

const MAX_BYTES = 256 * 2 ** 20;
/** A run that was stopped more often shows the pace of its last sittings. */
const MAX_FILES = 64;
/** Paces whose median a step is said to take: one is of a moment, and after an evaluation of that. */
const RECENT = 100;

export interface FollowedPace {
  poll(): Promise<{ readonly reset: boolean; readonly pace: readonly PacePoint[] }>;
  all(): readonly PacePoint[];
  /** Median of the last paces of a sitting, in seconds; undefined before its second event. */
  secondsPerStep(): number | undefined;
  /** When so many steps will have been made at that pace, in milliseconds since 1970. */
  endsAt(numSteps: number): number | undefined;
}

/** Follows the event files of a run, which alone have times. */
export function followPace(root: string): FollowedPace {
  let files = new Map<string, ReturnType<typeof followEvents>>();
  const points = keptPoints<PacePoint>(MAX_POINTS);
  let counter = createPaceCounter();
  let last: EventTime | undefined;
  let recent: readonly number[] = [];
  const add = (time: EventTime): readonly [point: PacePoint | undefined, reset: boolean] => {
    const isStart = time.kind === 'start';
    // What follows a start stands in place of what had been there from its step on.
    const isBack = isStart && (points.all.at(-1)?.[0] ?? -1) >= time.step;
    if (isBack) {
      const stays = points.all.filter(([step]) => step < time.step);
      points.clear();
      for (const point of stays) points.add(point);
    }
    last = time;
    if (isStart) recent = [];
    const pace = counter.add(time);
    if (pace) recent = [...recent, pace.secondsPerStep].slice(-RECENT);
    const point: PacePoint | undefined = pace && [pace.step, pace.secondsPerStep];
    const kept = point === undefined ? false : points.add(point);
    return [kept === false ? undefined : point, isBack || kept === 'thinned'];
  };
  const poll = async (): Promise<{ readonly reset: boolean; readonly pace: readonly PacePoint[] }> => {
    const names = await eventFiles(root);
    const fresh: PacePoint[] = [];
    let reset = [...files.keys()].some((name) => !names.includes(name));
    files = new Map(names.map((name) => [name, (reset ? undefined : files.get(name)) ?? followEvents(root, name)]));
    const clear = (): void => {
      points.clear();
      counter = createPaceCounter();
      last = undefined;
      recent = [];
    };
    if (reset) clear();
    for (const follow of files.values()) {
      const { restarted, times } = await follow();
      if (restarted) {
        // All of them anew: their times stand in a row.
        files = new Map();
        clear();
        return { ...(await poll()), reset: true };
      }
      for (const time of times) {
        const [point, isReset] = add(time);
        if (point) fresh.push(point);
        reset ||= isReset;
      }
    }
    return { reset, pace: reset ? [...points.all] : fresh };
  };
  return {
    poll,
    all: () => [...points.all],
    secondsPerStep: () => median(recent),
    endsAt: (numSteps) => {
      const pace = median(recent);
      if (pace === undefined || last === undefined || last.step >= numSteps) return undefined;
      return 1000 * (last.seconds + (numSteps - last.step) * pace);
    },
  };
}

/** In the order of their names, which is that of their times. */
async function eventFiles(root: string): Promise<readonly string[]> {
  const names = await readdir(root).catch((): string[] => []);
  return names
    .filter((name) => name.startsWith('events.out.tfevents.'))
    .toSorted()
    .slice(-MAX_FILES);
}

function followEvents(root: string, name: string): () => Promise<{ readonly restarted: boolean; readonly times: readonly EventTime[] }> {
  const file = followFile(() => openInRun(root, name), { maxBytes: MAX_BYTES });
  let rest: Uint8Array = new Uint8Array();
  let isDamaged = false;
  return async () => {
    const times: EventTime[] = [];
    for (let more = true; more;) {
      const read = await file.poll();
      if (read.restarted) return { restarted: true, times: [] };
      // Where a record begins is told by the records before it.
      isDamaged ||= read.passedOver > 0;
      more = read.more;
      if (isDamaged) continue;
      const bytes = Buffer.concat([rest, read.bytes]);
      const found = readEventTimes(bytes);
      times.push(...found.times);
      isDamaged = found.end === Infinity;
      rest = isDamaged ? new Uint8Array() : bytes.subarray(found.end);
    }
    return { restarted: false, times };
  };
}
