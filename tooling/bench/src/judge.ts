import type { ContestantResult, Ratio, Verdict } from './bench-result.ts';
import type { Goal } from './goal.ts';
import { engineTitles } from './engine-titles.ts';
import { peerTitles } from './python.ts';
import { engines, type Work } from './work.ts';

/** Times of peers over ours, for each engine that was measured. */
export function ratios(contestants: readonly ContestantResult[]): readonly Ratio[] {
  const titles = engines.map((engine) => engineTitles[engine]);
  const timed = contestants.filter(({ time }) => time !== undefined);
  const [ours, theirs] = [timed.filter(({ name }) => titles.includes(name)), timed.filter(({ name }) => !titles.includes(name))];
  return ours.flatMap((mine) =>
    theirs.map((peer) => ({ ours: mine.name, peer: peer.name, factor: peer.time!.median / mine.time!.median })),
  );
}

/** Whether each goal of a work is reached, by its fastest engine where the goal names none. */
export function judge({ goals }: Pick<Work, 'goals'>, contestants: readonly ContestantResult[]): readonly Verdict[] {
  const ours = engines.flatMap((engine) => contestants.find(({ name }) => name === engineTitles[engine]) ?? []);
  const medianOf = (title: string): number | undefined => contestants.find(({ name }) => name === title)?.time?.median;
  const atMost = (value: number | undefined, bound: number, write: (value: number) => string): Omit<Verdict, 'goal'> =>
    value === undefined || !Number.isFinite(value) ? {} : { measured: write(value), reached: value <= bound };
  return goals.map((goal) => {
    const verdict = { goal: describeGoal(goal) };
    switch (goal.kind) {
      case 'faster': {
        const [mine, peer] = [ours[0]?.time?.median, medianOf(peerTitles[goal.than])];
        if (mine === undefined || peer === undefined) return verdict;
        return { ...verdict, measured: describeFactor(peer / mine, peerTitles[goal.than]), reached: peer / mine >= goal.factor };
      }
      case 'engines': {
        const [slow, fast] = [medianOf(engineTitles[goal.slow]), medianOf(engineTitles[goal.fast])];
        const factor = slow === undefined || fast === undefined ? undefined : slow / fast;
        return { ...verdict, ...atMost(factor, goal.factor, (value) => `${digits(value)} × ${goal.fast}`) };
      }
      case 'seconds': {
        const median = ours[0]?.time?.median;
        return { ...verdict, ...atMost(median === undefined ? undefined : median / 1000, goal.atMost, (value) => `${digits(value)} s`) };
      }
      case 'keptBytes':
        return { ...verdict, ...atMost(ours[0]?.keptBytes, goal.atMost, (value) => `${digits(value / 1e6)} MB`) };
      case 'relativeError':
        return { ...verdict, ...atMost(ours[0]?.relativeError, goal.atMost, (value) => value.toExponential(1)) };
    }
  });
}

export function describeGoal(goal: Goal): string {
  switch (goal.kind) {
    case 'faster': {
      const peer = peerTitles[goal.than];
      if (goal.factor < 1) return `≤ ${digits(1 / goal.factor)} × ${peer}`;
      return goal.factor === 1 ? `faster than ${peer}` : `≥ ${digits(goal.factor)} × faster than ${peer}`;
    }
    case 'engines':
      return `${goal.slow} ≤ ${digits(goal.factor)} × ${goal.fast}`;
    case 'seconds':
      return `≤ ${digits(goal.atMost)} s`;
    case 'keptBytes':
      return `keeps ≤ ${digits(goal.atMost / 1e6)} MB`;
    case 'relativeError':
      return `relative error ≤ ${goal.atMost.toExponential(0)}`;
  }
}

function describeFactor(factor: number, peer: string): string {
  return factor >= 1 ? `${digits(factor)} × faster than ${peer}` : `${digits(1 / factor)} × ${peer}`;
}

/** Three digits that mean something, and no exponent. */
export function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}
