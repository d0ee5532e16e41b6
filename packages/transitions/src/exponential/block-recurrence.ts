import { instantiate } from '../web-assembly/instantiate.ts';
import { recurrenceModule } from './recurrence-module.ts';
import { scriptRecurrence } from './script-recurrence.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/**
 * A three-term recurrence with the rates A of a generator, on a few vectors at once:
 *
 *     y ← scale · A x + diagonal ⊙ x + carry · y,    sum ← sum + weights ⊙ y
 *
 * Vector c is entry `[·, c]` of the blocks, float64 `[K, width]`: the graph is walked once for all of them, and the vectors
 * do not mix, so that the result of each is the same whatever stands beside it.
 */
export interface BlockRecurrence {
  readonly width: number;
  /** x and y, which change places after each step. */
  readonly vectors: readonly [Float64Array, Float64Array];
  readonly sum: Float64Array;
  /** Float64 `[K]`. */
  readonly diagonal: Float64Array;
  /** Of y in the sum; float64 `[width]`. */
  readonly weights: Float64Array;
  /** One step from `vectors[from]`, into the other one. */
  advance(from: 0 | 1, scale: number, carry: number): void;
}

/**
 * In WebAssembly with two float64 lanes, a third of the time; in JavaScript where that is not to be had, or where a page forbids
 * it. Both add the same numbers in the same order, so that they agree to the last bit.
 */
export function createBlockRecurrence(generator: SymmetricGenerator, width: number): BlockRecurrence {
  return wasmRecurrence(generator, width) ?? scriptRecurrence(generator, width);
}

/** Of a vector register, to which blocks are aligned. */
const LANE_BYTES = 16;

/** Undefined where there is no WebAssembly with vectors, or its use is forbidden. */
function wasmRecurrence(generator: SymmetricGenerator, width: number): BlockRecurrence | undefined {
  const { numStates, rowStarts, targets, rates } = generator;
  const sizes = {
    rates: 8 * rates.length,
    diagonal: 8 * numStates,
    weights: 8 * width,
    first: 8 * numStates * width,
    second: 8 * numStates * width,
    sum: 8 * numStates * width,
    ends: 4 * numStates,
    targets: 4 * targets.length,
  };
  let bytes = 0;
  const at = Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => {
      const start = bytes;
      bytes += Math.ceil(size / LANE_BYTES) * LANE_BYTES;
      return [name, start];
    }),
  ) as Record<keyof typeof sizes, number>;

  const advance = instantiate('advance', () => recurrenceModule(width), bytes);
  if (!advance) return undefined;
  const { buffer, call } = advance;

  new Float64Array(buffer, at.rates).set(rates);
  // As the module reads them: the address behind the last target of each state, and how far into a block its target is.
  new Int32Array(buffer, at.ends).set(rowStarts.subarray(1).map((end) => at.targets + 4 * end));
  new Int32Array(buffer, at.targets).set(targets.map((target) => 8 * width * target));
  const vectors = [at.first, at.second].map((start) => new Float64Array(buffer, start, numStates * width)) as [Float64Array, Float64Array];
  return {
    width,
    vectors,
    sum: new Float64Array(buffer, at.sum, numStates * width),
    diagonal: new Float64Array(buffer, at.diagonal, numStates),
    weights: new Float64Array(buffer, at.weights, width),
    advance: (from, scale, carry) => {
      const [x, y] = from === 0 ? [at.first, at.second] : [at.second, at.first];
      call(at.ends, at.ends + sizes.ends, at.targets, at.rates, at.diagonal, at.weights, x, y, at.sum, scale, carry);
    },
  };
}
