import { assertPositionCount } from './assert-position-count.ts';
import { drawFromProbs } from './categorical.ts';
import { firstAbove } from './first-above.ts';
import type { Rng } from './rng.ts';
import { rowInverter } from './row-inverter.ts';
import { assertStateRange, positionsOf, type States } from './states.ts';
import { stepPairs, type Steps } from './steps.ts';
import type { RankOne, Transition } from './transition.ts';

export interface SampleForwardOptions {
  /** Where `states` are: 0, data, unless said otherwise. */
  readonly s?: Steps;
  readonly t: Steps;
  readonly rng: Rng;
  /** Index of the first example in the data set: example b draws from `rng.split(firstExample + b)`. */
  readonly firstExample?: number;
}

/**
 * A draw of x_t ~ q(x_t | x_s) = Cat(x_s Q(s→t)), Eq. (2) and Eq. (3) of Austin et al. (2021).
 *
 * Drawn on the host from float64 tables, so the same seed corrupts alike on every engine. A
 * rank-one family draws in two stages, whether to refresh and then to what, in O(log K); one with a way of its own to
 * draw goes that way.
 *
 * @throws {D3pmError} `STATE_RANGE` for a state ≥ K, `STEP_RANGE` unless 0 ≤ s ≤ t ≤ T, `SHAPE` for other positions than the
 * transition has.
 */
export function sampleForward(transition: Transition, states: States, { s = 0, t, rng, firstExample = 0 }: SampleForwardOptions): States {
  assertStateRange('sampleForward', 'states', states, transition.numStates);
  assertPositionCount('sampleForward', 'states', states, transition);
  const batchSize = states.shape[0]!;
  const pairs = stepPairs('sampleForward', s, t, { batchSize, numSteps: transition.numSteps });
  const positions = positionsOf(states);
  const values = new Int32Array(states.values.length);
  const drawExample = transition.rankOne ? rankOneDraw(transition.rankOne) : tableDraw(transition);
  for (let b = 0; b < batchSize; b++) {
    const range = [b * positions, (b + 1) * positions] as const;
    drawExample(states.values.subarray(...range), values.subarray(...range), pairs.s[b]!, pairs.t[b]!, rng.split(firstExample + b));
  }
  return { values, shape: states.shape };
}

/** No further position. */
const NONE = -1;

type DrawExample = (from: Int32Array, to: Int32Array, s: number, t: number, stream: Rng) => void;

function rankOneDraw(rankOne: RankOne): DrawExample {
  const cumulative = new Float64Array(rankOne.target.length);
  const total = rankOne.target.reduce((sum, prob, k) => (cumulative[k] = sum + prob), 0);
  return (from, to, s, t, stream) => {
    const refresh = rankOne.refresh(s, t);
    for (let n = 0; n < from.length; n++) {
      to[n] = stream.float64(2 * n) < refresh ? firstAbove(cumulative, stream.float64(2 * n + 1) * total) : from[n]!;
    }
  };
}

function tableDraw(transition: Transition): DrawExample {
  const { numStates: K, positions, draw } = transition;
  if (draw) {
    return (from, to, s, t, stream) => {
      for (let n = 0; n < from.length; n++) to[n] = draw(from[n]!, s, t, stream.split(n), positions === undefined ? undefined : n);
    };
  }
  const rowOf = (state: number, s: number, t: number, position?: number): ArrayLike<number> =>
    transition.rowProbs?.(state, s, t, position) ?? transition.toDense(s, t, position).subarray(state * K, (state + 1) * K);
  if (positions !== undefined) {
    return (from, to, s, t, stream) => {
      for (let n = 0; n < from.length; n++) to[n] = drawFromProbs(rowOf(from[n]!, s, t, n), 0, K, stream.float64(n));
    };
  }
  return stateByState(K, rowOf);
}

/** All positions of an example that are in one state draw from one row, which is made ready for them. */
function stateByState(numStates: number, rowOf: (state: number, s: number, t: number) => ArrayLike<number>): DrawExample {
  const inverter = rowInverter(numStates);
  /** The first position in each state, and the next one in the same state as each position. */
  const first = new Int32Array(numStates).fill(NONE);
  let next = new Int32Array(0);
  const seen = new Int32Array(numStates);
  return (from, to, s, t, stream) => {
    if (next.length < from.length) next = new Int32Array(from.length);
    let count = 0;
    for (let n = from.length - 1; n >= 0; n--) {
      const state = from[n]!;
      if (first[state] === NONE) seen[count++] = state;
      next[n] = first[state]!;
      first[state] = n;
    }
    const uniforms = stream.float64s(from.length);
    for (let i = 0; i < count; i++) {
      const state = seen[i]!;
      const start = first[state]!;
      first[state] = NONE;
      const row = rowOf(state, s, t);
      if (next[start] === NONE) {
        to[start] = drawFromProbs(row, 0, numStates, uniforms[start]!);
        continue;
      }
      inverter.load(row);
      for (let n = start; n !== NONE; n = next[n]!) to[n] = inverter.draw(uniforms[n]!);
    }
  };
}
