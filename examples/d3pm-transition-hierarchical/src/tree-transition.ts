import {
  assertClassAxis,
  assertStates,
  logAddExp,
  logSumExp,
  perExample,
  stepPairs,
  type NoiseSchedule,
  type Steps,
  type Transition,
} from '@d3pm/core';
import { add, cast, concat, log, oneHot, reshape, slice, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { entriesByLevel, levelWeights, type LevelWeights } from './level-weights.ts';

export interface TreeTransitionOptions {
  readonly name: string;
  readonly schedule: NoiseSchedule<'rate'>;
  /** l_0 … l_{N−1} */
  readonly rates: readonly number[];
}

/** exp(α R) of the tree as a transition. R is symmetric: rows are columns, and a map is its own adjoint. */
export function treeTransition({ name, schedule, rates }: TreeTransitionOptions): Transition {
  const { numSteps, noise } = schedule;
  const numStates = 2 ** rates.length;
  const uniform = new Float64Array(numStates).fill(1 / numStates);
  // A sum of positive numbers: prefix sums would lose a small step behind large ones, and make NaN of ∞ − ∞.
  const rate = (s: number, t: number): number => noise.subarray(s, t).reduce((sum, beta) => sum + beta, 0);

  const mapped = (caller: string, x: Tensor, s: Steps, t: Steps): Tensor => {
    const pairs = stepPairs(`${name}.${caller}`, s, t, { batchSize: x.shape[0]!, numSteps });
    return byLevels(
      x,
      Array.from(pairs.s, (from, b) => levelWeights(rates, rate(from, pairs.t[b]!))),
    );
  };
  const ofLogs = (caller: 'push' | 'pull', argument: string) => (x: Tensor, s: Steps, t: Steps) => {
    assertClassAxis(`${name}.${caller}`, argument, x, numStates);
    return tidy(() => mapped(caller, x, s, t));
  };
  const ofStates = (caller: 'pushStates' | 'pullStates') => (states: Tensor, s: Steps, t: Steps) => {
    assertStates(`${name}.${caller}`, 'states', states, numStates);
    return tidy(() => mapped(caller, log(cast(oneHot(states, numStates), 'float32')), s, t));
  };
  const entriesAt = (caller: string, s: number, t: number): Float64Array => {
    stepPairs(`${name}.${caller}`, s, t, { batchSize: 1, numSteps });
    return entriesByLevel(levelWeights(rates, rate(s, t)));
  };
  const row = (entries: Float64Array, state: number): Float64Array =>
    Float64Array.from({ length: numStates }, (_, j) => entries[levelOf(state, j)]!);

  return {
    name,
    numStates,
    numSteps,
    stationary: uniform,
    prior: { kind: 'fixed', probs: uniform },
    exponential: { rate, push: (probs, alpha) => pushed(probs, levelWeights(rates, alpha)) },
    push: ofLogs('push', 'logProbs'),
    pull: ofLogs('pull', 'logLikelihood'),
    pushStates: ofStates('pushStates'),
    pullStates: ofStates('pullStates'),
    toDense: (s, t) => {
      const entries = entriesAt('toDense', s, t);
      const matrix = new Float64Array(numStates ** 2);
      for (let i = 0; i < numStates; i++) matrix.set(row(entries, i), i * numStates);
      return matrix;
    },
    rowProbs: (state, s, t) => row(entriesAt('rowProbs', s, t), state),
    dispose: () => {},
  };
}

/** 0 for a leaf and itself, else 1 + the highest bit in which two leaves differ. */
const levelOf = (a: number, b: number): number => 32 - Math.clz32(a ^ b);

/** log (p exp(α R)) for log p `[B, …N, K]`: sums of blocks up the tree, then what each block gives down it. */
function byLevels(logProbs: Tensor, weights: readonly LevelWeights[]): Tensor {
  const numLevels = weights[0]?.logReturn.length ?? 0;
  const batchSize = logProbs.shape[0]!;
  const column = (weight: (of: LevelWeights) => number): Tensor => perExample(weights.map(weight), 4);
  /** The blocks of 2^i leaves, the halves of a larger one side by side: `[B, positions, K / 2^(i+1), 2]`. */
  const halves: Tensor[] = [pairsOf(logProbs, batchSize)];
  for (let i = 1; i < numLevels; i++) halves.push(pairsOf(logSumExp(halves[i - 1]!, 3), batchSize));

  let given: Tensor | undefined;
  for (let i = numLevels - 1; i >= 0; i--) {
    const here = logAddExp(
      add(
        halves[i]!,
        column(({ logReturn }) => logReturn[i]!),
      ),
      add(
        swapped(halves[i]!),
        column(({ logLeave }) => logLeave[i]!),
      ),
    );
    given = given === undefined ? here : logAddExp(here, reshape(given, [...here.shape.slice(0, 3), 1]));
  }
  const stayed = add(
    halves[0]!,
    column(({ logStay }) => logStay),
  );
  return reshape(logAddExp(given!, stayed), logProbs.shape);
}

function pairsOf(x: Tensor, batchSize: number): Tensor {
  const size = x.shape.at(-1)!;
  return reshape(x, [batchSize, batchSize === 0 ? 0 : x.size / (batchSize * size), size / 2, 2]);
}

function swapped(pairs: Tensor): Tensor {
  const [a, b, c] = pairs.shape as [number, number, number];
  return concat([slice(pairs, [0, 0, 0, 1], [a, b, c, 1]), slice(pairs, [0, 0, 0, 0], [a, b, c, 1])], 3);
}

/** p exp(α R) on the host, the same sums in float64. */
function pushed(probs: Float64Array, { logStay, logReturn, logLeave }: LevelWeights): Float64Array {
  const numLevels = logReturn.length;
  const sums: Float64Array[] = [probs];
  for (let i = 1; i < numLevels; i++) {
    const below = sums[i - 1]!;
    sums.push(Float64Array.from({ length: below.length / 2 }, (_, block) => below[2 * block]! + below[2 * block + 1]!));
  }
  let given = new Float64Array(1);
  for (let i = numLevels - 1; i >= 0; i--) {
    const [returned, left] = [Math.exp(logReturn[i]!), Math.exp(logLeave[i]!)];
    const [above, blocks] = [given, sums[i]!];
    given = Float64Array.from(blocks, (sum, block) => above[block >> 1]! + returned * sum + left * blocks[block ^ 1]!);
  }
  const stayed = Math.exp(logStay);
  return given.map((prob, state) => prob + stayed * probs[state]!);
}
