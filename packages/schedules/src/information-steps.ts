import { channelInformation, D3pmError, matrixChannel, type Information, type NoiseUnit, type Transition } from '@d3pm/core';
import { increasingRoot } from './increasing-root.ts';
import { assertForgets, levelLogOdds, lossLogOdds, refuseLevel, SEARCH_SHARE, type Levels } from './information-levels.ts';

/** A table of Q̄_t, and its product with every step that is tried. */
const MOST_STATES = 128;

export interface StepSearch extends Levels {
  readonly unit: NoiseUnit;
  readonly dataLaw: Float64Array;
  readonly tolerance: number;
  /** β_T of a last step that goes to the prior. */
  readonly last: number;
  /** The process of these β. */
  create(noise: Float64Array): Transition;
}

/**
 * β_1 … β_T for a family whose steps do not commute: each is searched for on Q̄_{t−1} Q_t, in float64.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` above K = 128, `INVALID_SCHEDULE` for a level beyond reach, `UNSOUND` for a Q_t that
 * depends on more than β_t.
 */
export function solveSteps(search: StepSearch): Float64Array {
  const { caller, family, unit, dataLaw, tolerance, parts, isLastPrior, last, create } = search;
  const numStates = dataLaw.length;
  if (numStates > MOST_STATES) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: ${family} has no closed form of Q̄, and ${numStates} states are more than ${MOST_STATES} for a search on tables; declare rankOne or exponential, or give β by fromArray`,
    );
  }
  const step = (beta: number): Float64Array => {
    const transition = create(Float64Array.of(beta));
    const matrix = transition.toDense(0, 1).slice();
    transition.dispose();
    return matrix;
  };
  assertStepAlone(search, step(0.5));
  const informationOf = (matrix: Float64Array): Information => channelInformation(dataLaw, matrixChannel(matrix, dataLaw));
  const betaOf = unit === 'jump-probability' ? (u: number): number => 1 / (1 + Math.exp(-u)) : Math.exp;

  const count = parts - 1;
  const noise = new Float64Array(isLastPrior ? parts : count).fill(last);
  let before = identity(numStates);
  let u = 0;
  for (let t = 1; t <= count; t++) {
    const goal = levelLogOdds(t, parts);
    const product = (u: number): Float64Array => matrixProduct(before, step(betaOf(u)), numStates);
    const root = increasingRoot((u) => lossLogOdds(informationOf(product(u))) - goal, {
      start: u,
      step: t === 1 ? 1 : 0.1,
      growth: 2,
      low: -FARTHEST,
      high: FARTHEST,
      tolerance: tolerance * SEARCH_SHARE,
    });
    if (root === undefined) refuseLevel(search, t, informationOf(product(FARTHEST)));
    u = root;
    noise[t - 1] = betaOf(u);
    before = product(u);
  }

  const whole = create(noise);
  const [searched, made] = [informationOf(before).sharedNats, informationOf(whole.toDense(0, count)).sharedNats];
  const end = informationOf(whole.toDense(0, noise.length));
  whole.dispose();
  if (Math.abs(made - searched) > 1e-6 * searched) {
    throw new D3pmError(
      'UNSOUND',
      `${caller}: Q_t of ${family} depends on more than β_t (${made} nats after ${count} steps, ${searched} by their product); give β by fromArray`,
    );
  }
  assertForgets(search, end);
  return noise;
}

/** Throws `UNSOUND` where the first of T steps is another one than the only step of the same β. */
function assertStepAlone({ caller, family, parts, isLastPrior, create }: StepSearch, alone: Float64Array): void {
  const whole = create(new Float64Array(isLastPrior ? parts : parts - 1).fill(0.5));
  const first = whole.toDense(0, 1);
  whole.dispose();
  const at = alone.findIndex((prob, i) => Math.abs(prob - first[i]!) > 1e-9);
  if (at < 0) return;
  throw new D3pmError(
    'UNSOUND',
    `${caller}: Q_t of ${family} depends on more than β_t: at β = 0.5 entry ${at} of Q_1 is ${first[at]} in a chain of T steps, and ${alone[at]} in one of a single step; give β by fromArray`,
  );
}

/** Far enough for any β: e^±230 is 1e±100, and a β of 1 − 1e-100 is 1. */
const FARTHEST = 230;

function identity(numStates: number): Float64Array {
  const matrix = new Float64Array(numStates ** 2);
  for (let i = 0; i < numStates; i++) matrix[i * numStates + i] = 1;
  return matrix;
}

function matrixProduct(a: Float64Array, b: Float64Array, numStates: number): Float64Array {
  const product = new Float64Array(numStates ** 2);
  for (let i = 0; i < numStates; i++) {
    for (let k = 0; k < numStates; k++) {
      const factor = a[i * numStates + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < numStates; j++) product[i * numStates + j]! += factor * b[k * numStates + j]!;
    }
  }
  return product;
}
