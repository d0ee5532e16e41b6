import { add, reshape, sum, tidy, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { assertPositionCount } from './assert-position-count.ts';
import { assertShape } from './assert.ts';
import { categoricalKlNats } from './categorical-kl.ts';
import { D3pmError } from './errors.ts';
import { logNormalize } from './log-normalize.ts';
import { assertStateRange, positionsOf, type States } from './states.ts';
import type { Transition } from './transition.ts';

/**
 * L_T = KL(q(x_T | x_0) ‖ p(x_T)) of Eq. (1), summed over positions, in float64: never assumed to
 * be 0, and too small for float32 in the paper's settings (10⁻⁶ bits).
 *
 * @returns nats per example, float64 `[B]`. +∞ when x_T can be what the prior excludes.
 * @throws {D3pmError} `UNSOUND` for a learned prior: see {@link learnedPriorTermNats}; `SHAPE` when the transition or its prior is for
 * other positions than `x0` has.
 */
export function priorTermNats(transition: Transition, x0: States): Float64Array {
  return priorTermByState(transition)(x0);
}

/** {@link priorTermNats} of batch after batch: what it finds of a state is kept, as are the tables that it needs. */
export function priorTermByState(transition: Transition): (x0: States) => Float64Array {
  const kl = stateKl(transition);
  return (x0) => {
    assertStateRange('priorTermNats', 'x0', x0, transition.numStates);
    assertPositionCount('priorTermNats', 'x0', x0, transition);
    assertPriorFits(transition, x0);
    const positions = positionsOf(x0);
    const total = new Float64Array(x0.shape[0]!);
    x0.values.forEach((state, i) => {
      total[Math.floor(i / positions)]! += kl(state, i % positions);
    });
    return total;
  };
}

function assertPriorFits({ name, prior, numStates }: Transition, x0: States): void {
  const positions = positionsOf(x0);
  if (prior.kind !== 'fixed' || prior.probs.length === numStates || prior.probs.length === positions * numStates) return;
  throw new D3pmError(
    'SHAPE',
    `priorTermNats: the prior of ${name} is for ${prior.probs.length / numStates} positions, x0 of shape [${x0.shape.join(', ')}] has ${positions}`,
  );
}

/** Beyond it a row is made by itself, never a table of all: 32 MiB. */
const LARGEST_TABLE = 2048;

/**
 * L_T under a learned prior (footnote 1), with its gradient.
 *
 * @param x0 int32 `[B, …N]`.
 * @param logits Those of the prior, float32 `[K]` or `[N, K]`, where they are not the current ones: what to differentiate by.
 * @returns nats per example, float32 `[B]`; the caller disposes it.
 * @throws {D3pmError} `UNSOUND` for a fixed prior; `SHAPE` when the prior is for other positions than `x0` has.
 */
export function learnedPriorTermNats(transition: Transition, x0: Tensor, logits?: Tensor): Tensor {
  const { prior } = transition;
  if (prior.kind !== 'learned')
    throw new D3pmError('UNSOUND', `learnedPriorTermNats: the prior of ${transition.name} is fixed; use priorTermNats`);
  const table = logits ?? prior.logits;
  const perPosition = table.rank > 1;
  if (perPosition) assertShape('learnedPriorTermNats', 'logits of the prior', table, [positionsOf(x0), transition.numStates]);
  return tidy(() => {
    const q = transition.pushStates(x0, 0, transition.numSteps);
    const p = logNormalize(perPosition ? reshape(table, [1, ...q.shape.slice(1)]) : table);
    // The KL takes both of one shape, so that the prior's gradient is summed here.
    const kl = categoricalKlNats(q, add(zerosLike(q), p));
    return sum(kl, kl.shape.map((_, axis) => axis).slice(1));
  });
}

/** KL of row `state` of Q̄_T to the prior, each computed once. */
function stateKl(transition: Transition): (state: number, position: number) => number {
  const { prior, numStates: K, numSteps: T, rankOne, exponential } = transition;
  if (prior.kind !== 'fixed')
    throw new D3pmError(
      'UNSOUND',
      `priorTermNats: the prior of ${transition.name} is learned; use learnedPriorTermNats, which has a gradient`,
    );
  const { probs } = prior;
  const known = new Map<number, number>();
  const matrices = new Map<number, Float64Array>();
  const byPosition = transition.positions !== undefined || probs.length !== K;
  const rowEntry = (state: number, position: number): ((k: number) => number) => {
    if (rankOne) {
      const [keep, refresh] = [rankOne.keep(0, T), rankOne.refresh(0, T)];
      return (k) => (k === state ? keep : 0) + refresh * rankOne.target[k]!;
    }
    if (K > LARGEST_TABLE) {
      const start = Float64Array.from({ length: K }, (_, k) => Number(k === state));
      const row = exponential?.push(start, exponential.rate(0, T)) ?? transition.rowProbs?.(state, 0, T, position);
      if (row) return (k) => row[k]!;
    }
    const matrix = matrices.get(position) ?? transition.toDense(0, T, transition.positions === undefined ? undefined : position);
    matrices.set(position, matrix);
    return (k) => matrix[state * K + k]!;
  };
  return (state, anyPosition) => {
    const position = byPosition ? anyPosition : 0;
    const key = position * K + state;
    const found = known.get(key);
    if (found !== undefined) return found;
    const offset = probs.length === K ? 0 : position * K;
    const entry = rowEntry(state, position);
    let nats = 0;
    for (let k = 0; k < K; k++) {
      const q = entry(k);
      if (q > 0) nats += q * Math.log(q / probs[offset + k]!);
    }
    known.set(key, nats);
    return nats;
  };
}
