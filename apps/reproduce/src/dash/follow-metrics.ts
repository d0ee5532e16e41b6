import { openInRun } from '../run-files/open-in-run.ts';
import { parseMetricsLine } from '../run-files/metrics-line.ts';
import { createSmoother } from '../run-files/smoother.ts';
import type { BoundPoint, TrainPoint } from './dash-message.ts';
import { followFile } from './follow-file.ts';
import { keptPoints } from './kept-points.ts';
import { createLineSplitter } from './line-splitter.ts';

/** More points are not seen in a chart, and would not be quick to draw. */
export const MAX_POINTS = 20_000;
const MAX_BYTES = 256 * 2 ** 20;
const MAX_LINE_BYTES = 2 ** 20;

export interface NewMetrics {
  /** Whether these are all that there are. */
  readonly reset: boolean;
  readonly train: readonly TrainPoint[];
  readonly bound: readonly BoundPoint[];
}

export interface FollowedMetrics {
  /** @throws {D3pmError} `INVALID_DATA` for a link or what is no file; errors of the disk pass through. */
  poll(): Promise<NewMetrics>;
  all(): Omit<NewMetrics, 'reset'>;
  /** Of the newest line; 0 before the first. */
  readonly step: number;
  readonly notes: readonly string[];
}

/** Follows metrics.jsonl of a run. */
export function followMetrics(root: string): FollowedMetrics {
  const file = followFile(() => openInRun(root, 'metrics.jsonl'), { maxBytes: MAX_BYTES });
  const splitter = createLineSplitter({ maxBytes: MAX_LINE_BYTES });
  const train = keptPoints<TrainPoint>(MAX_POINTS);
  const bound = keptPoints<BoundPoint>(MAX_POINTS);
  let smoother = createSmoother();
  let [step, damaged, leftOut, passedOver] = [0, 0, 0, 0];
  const clear = (): void => {
    train.clear();
    bound.clear();
    smoother = createSmoother();
    [step, damaged, leftOut, passedOver] = [0, 0, 0, 0];
  };
  /** @returns the point, as far as it is kept. */
  const add = (text: string | undefined, fresh: { train: TrainPoint[]; bound: BoundPoint[] }): boolean => {
    const line = text === undefined ? 'too long' : parseMetricsLine(text);
    if (typeof line === 'string') {
      damaged++;
      return false;
    }
    step = Math.max(step, line.step);
    if (line.kind === 'train') {
      leftOut += line.skipped.length;
      const point = [line.step, line.lossBits, smoother.add(line.lossBits), line.gradientNorm, line.learningRate].map(
        orNull,
      ) as unknown as TrainPoint;
      return keep(train.add(point), point, fresh.train);
    }
    if (line.kind !== 'evaluation' || line.boundBits === undefined) return false;
    const point = [line.step, line.boundBits, line.boundStandardErrorBits ?? Number.NaN].map(orNull) as unknown as BoundPoint;
    return keep(bound.add(point), point, fresh.bound);
  };
  return {
    get step() {
      return step;
    },
    get notes() {
      return [
        ...(passedOver > 0 ? [`Of metrics.jsonl the first ${Math.ceil(passedOver / 2 ** 20)} MiB are left out: it is too long.`] : []),
        ...(damaged > 0
          ? [`${counted(damaged, 'line')} of metrics.jsonl cannot be read, and ${damaged === 1 ? 'is' : 'are'} left out.`]
          : []),
        ...(leftOut > 0 ? [`${counted(leftOut, 'update')} left out by the trainer: the loss or gradient was not finite.`] : []),
      ];
    },
    poll: async () => {
      let reset = false;
      const fresh: { train: TrainPoint[]; bound: BoundPoint[] } = { train: [], bound: [] };
      for (let more = true; more;) {
        const read = await file.poll();
        if (read.restarted) {
          clear();
          reset = true;
        }
        if (read.restarted || read.passedOver > 0) splitter.restart({ inside: read.passedOver > 0 });
        passedOver += read.passedOver;
        for (const text of splitter.add(read.bytes)) if (add(text, fresh)) reset = true;
        more = read.more;
      }
      return reset ? { reset, train: [...train.all], bound: [...bound.all] } : { reset, ...fresh };
    },
    all: () => ({ train: [...train.all], bound: [...bound.all] }),
  };
}

/** @returns whether points that were told before are gone. */
function keep<T>(kept: boolean | 'thinned', point: T, fresh: T[]): boolean {
  if (kept !== false) fresh.push(point);
  return kept === 'thinned';
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
