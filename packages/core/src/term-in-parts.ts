import { concat, ones, reshape, slice, tidy, valueAndGrads, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { BoundTermInput } from './bound-terms.ts';
import { PART_ENTRIES, rowParts } from './row-parts.ts';
import { scaleRows } from './scale-rows.ts';
import { positionsOf } from './states.ts';
import { stepPairs } from './steps.ts';
import type { Transition } from './transition.ts';
import { withGradient } from './with-gradient.ts';
import { isRecorded, withOwnTape } from './with-own-tape.ts';

/** A batch, or a part of one, with the steps of each example. */
export interface TermInput extends BoundTermInput {
  readonly s: Int32Array;
  readonly t: Int32Array;
}

/** Examples `[first, first + examples)`, of them positions `[from, from + positions)`. */
interface Part {
  readonly first: number;
  readonly examples: number;
  readonly from: number;
  readonly positions: number;
}

/**
 * A term of the loss by position, float32 `[B, N]`, in parts of the batch and of the positions, so that beside the logits and their gradient
 * no tensor has a number for each class of each position. `term` gives the part `[b, n]` of states and logits `[b, n, K]`, and each number of it
 * must depend on its own row of logits alone: the gradient of a row is then one row, made with the value where it will be asked for. Called inside a `tidy`.
 */
export function termInParts(caller: string, transition: Transition, input: BoundTermInput, term: (part: TermInput) => Tensor): Tensor {
  const { logits, x0, xt } = input;
  const { numStates } = transition;
  const [batchSize, perExample] = [x0.shape[0]!, positionsOf(x0)];
  const { s, t } = stepPairs(caller, input.s, input.t, { batchSize, numSteps: transition.numSteps, strict: true });
  const parts = partsOf(batchSize, perExample, { numStates, isWhole: transition.positions !== undefined });
  if (parts.length < 2) return reshape(term({ logits, x0, xt, s, t }), [batchSize, perExample]);
  return withGradient(
    [logits],
    (all) => {
      const flat = { x0: flatten(x0), xt: flatten(xt), logits: reshape(all!, [batchSize, perExample, numStates]) };
      const isAsked = isRecorded();
      const results = parts.map((part) =>
        tidy(() => {
          const at = { s: ofExamples(s, part), t: ofExamples(t, part), x0: cut(flat.x0, part), xt: cut(flat.xt, part) };
          const shape = [part.examples, part.positions];
          const nats = (rows: Tensor): Tensor => reshape(term({ ...at, logits: rows }), shape);
          const rows = cut(flat.logits, part);
          return isAsked ? withSlope(nats, rows, ones(shape)) : { nats: nats(rows) };
        }),
      );
      const value = reshape(joined(results.map(({ nats }) => nats)), [batchSize, perExample]);
      if (!isAsked) return { value, saved: [] };
      return { value, saved: [reshape(joined(results.map(({ slope }) => slope!)), logits.shape)] };
    },
    (dy, slope) => [scaleRows(slope!, reshape(dy, slope!.shape.slice(0, -1)))],
  );

  function flatten(states: Tensor): Tensor {
    return reshape(states, [batchSize, perExample]);
  }
}

/** A term by position and its gradient by row, of a tape of their own. */
function withSlope(nats: (rows: Tensor) => Tensor, rows: Tensor, dy: Tensor): { readonly nats: Tensor; readonly slope?: Tensor } {
  const { value, grads } = withOwnTape(() => valueAndGrads((given: Tensor) => nats(given) as Scalar)([rows], dy as Scalar));
  return { nats: value, slope: grads[0]! };
}

/** Parts one after the other, all axes but the last of `[b, n, K]` as one. */
function joined(parts: readonly Tensor[]): Tensor {
  return concat(parts.map((part) => reshape(part, part.rank === 2 ? [-1] : [-1, part.shape.at(-1)!])));
}

/** Whole examples together, or, where one is too large and its positions are alike, one example at a time in pieces of about one size. */
function partsOf(
  batchSize: number,
  perExample: number,
  { numStates, isWhole }: { readonly numStates: number; readonly isWhole: boolean },
): readonly Part[] {
  const exampleSize = perExample * numStates;
  if (isWhole || exampleSize <= PART_ENTRIES) {
    return rowParts(batchSize, exampleSize).map(({ from, size }) => ({ first: from, examples: size, from: 0, positions: perExample }));
  }
  return Array.from({ length: batchSize }, (_, first) =>
    rowParts(perExample, numStates).map(({ from, size }) => ({ first, examples: 1, from, positions: size })),
  ).flat();
}

/** Of `[B, N, …]`. */
function cut(x: Tensor, { first, examples, from, positions }: Part): Tensor {
  const inner = x.shape.slice(2);
  return slice(x, [first, from, ...inner.map(() => 0)], [examples, positions, ...inner]);
}

const ofExamples = (steps: Int32Array, { first, examples }: Part): Int32Array => steps.subarray(first, first + examples);
