import { D3pmError, type Information } from '@d3pm/core';
import { chebyshevInterpolant } from './chebyshev-interpolant.ts';
import { increasingRoot } from './increasing-root.ts';

/** The levels of a schedule: each step t < `parts` is to have lost t/parts of H(x_0). */
export interface Levels {
  readonly parts: number;
  /** Whether step t = parts follows, which goes to the prior and loses the rest. */
  readonly isLastPrior: boolean;
  readonly caller: string;
  /** Of the family, for errors. */
  readonly family: string;
}

export interface LevelSearch extends Levels {
  /** The information at noise e^u, −∞ < u ≤ ∞: falls with u. */
  informationAt(u: number): Information;
  readonly tolerance: number;
}

/** Of the tolerance, for a level that is searched for: the method gains that in a step or two. */
export const SEARCH_SHARE = 1e-4;

/** Beyond, e^u is no float64. */
const FARTHEST = 700;

/** log(H(x_0|x_t) / I(x_t; x_0)): as accurate for what is nearly lost as for what is nearly kept. */
export function lossLogOdds({ sharedNats, lostNats }: Information): number {
  return Math.log(lostNats) - Math.log(sharedNats);
}

/** {@link lossLogOdds} of step t. */
export function levelLogOdds(t: number, parts: number): number {
  return Math.log(t / (parts - t));
}

/** Throws `INVALID_SCHEDULE`: step t cannot lose as much as its level asks for. */
export function refuseLevel({ caller, family, parts }: Levels, t: number, { sharedNats, lostNats }: Information): never {
  const [level, reached] = [1 - t / parts, sharedNats / (sharedNats + lostNats)];
  const wayOut =
    level === 0
      ? "use finalStep: 'finite'"
      : 'one step cannot forget enough, or none can (a graph in pieces): take another schedule (linear, and look at L_T), a family that moves farther, or another T';
  throw new D3pmError(
    'INVALID_SCHEDULE',
    `${caller}: step ${t} is to leave ${level.toPrecision(4)} of H(x_0), and ${family} leaves ${reached.toPrecision(4)} with any noise; ${wayOut}`,
  );
}

/** Throws as {@link refuseLevel} unless the step that goes to the prior leaves nothing. */
export function assertForgets(levels: Levels, last: Information): void {
  if (levels.isLastPrior && !(last.sharedNats <= ROUNDING * last.lostNats)) refuseLevel(levels, levels.parts, last);
}

/** What products of tables leave of an information that is 0. */
const ROUNDING = 1e-9;

/**
 * u_1 ≤ … ≤ u_{parts−1}, the noise of each level. The first and the last are searched for; between them log-odds of the
 * loss, less u itself, is a smooth curve (a constant for absorbing noise) and goes through a {@link chebyshevInterpolant}:
 * some hundred informations, however many the steps.
 */
export function solveLevels(search: LevelSearch): Float64Array {
  const { caller, parts, tolerance, informationAt } = search;
  const count = parts - 1;
  const atLimit = informationAt(Infinity);
  assertForgets(search, atLimit);
  const reached = lossLogOdds(atLimit);
  for (let t = 1; t <= count; t++) if (!(reached > levelLogOdds(t, parts))) refuseLevel(search, t, atLimit);
  if (count === 0) return new Float64Array();

  const logOdds = (u: number): number => lossLogOdds(informationAt(u));
  const end = (t: number, start: number, low: number): number => {
    const goal = levelLogOdds(t, parts);
    const range = { start, step: 1, growth: 1, low, high: FARTHEST };
    const root = increasingRoot((u) => logOdds(u) - goal, { ...range, tolerance: tolerance * SEARCH_SHARE });
    return root ?? refuseLevel(search, t, informationAt(FARTHEST));
  };
  const noise = new Float64Array(count);
  const first = end(1, levelLogOdds(1, parts), -FARTHEST);
  const last = count === 1 ? first : end(count, first, first);
  [noise[0], noise[count - 1]] = [first, last];
  if (count <= 2) return noise;

  const excess = chebyshevInterpolant(caller, (u) => logOdds(u) - u, { from: first, to: last, tolerance });
  for (let t = 2; t < count; t++) {
    const goal = levelLogOdds(t, parts);
    const low = noise[t - 2]!;
    const range = { start: low, step: (last - first) / count, growth: 2, low, high: last };
    noise[t - 1] = increasingRoot((u) => u + excess(u) - goal, { ...range, tolerance: 0 }) ?? last;
  }
  return noise;
}
