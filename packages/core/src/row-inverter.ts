import { drawFromProbs } from './categorical.ts';

/** Many draws from one row of probabilities. */
export interface RowInverter {
  /** Takes a row of K probabilities; it is copied. */
  load(probs: ArrayLike<number>): void;
  /** What `drawFromProbs` draws with this number from the row, without walking it. */
  draw(uniform: number): number;
}

/** Of a probability of 1, as an integer. */
const ONE = 2 ** 29;
/** Sums beyond this times `ONE` are no signed integers. */
const MOST = 2;
/** Boundaries and a target are rounded down, and the sums of float64 behind them are off by far less than one more. */
const MARGIN = 2;

/**
 * Inversion by bisection of the cumulative sums, which are rounded to integers: whether one is above the target is then a sign bit,
 * and no branch, which a processor would guess wrong every other time.
 *
 * A target so near to a boundary that rounding could matter, once in 5 · 10⁵ draws at K = 256, is left to `drawFromProbs`, and so is a
 * row that does not sum to about 1. So a draw is the same whether a row is loaded or walked.
 */
export function rowInverter(numStates: number): RowInverter {
  const sums = new Int32Array(numStates);
  const row = new Float64Array(numStates);
  let scale = 0;
  return {
    load: (probs) => {
      row.set(probs);
      const total = accumulate(sums, row);
      scale = total < MOST ? total * ONE : NaN;
    },
    draw: (uniform) => {
      const target = (uniform * scale) | 0;
      const k = firstAbove(sums, target);
      const isClear = sums[k]! - target >= MARGIN && (k === 0 || target - sums[k - 1]! >= MARGIN);
      return isClear && scale > 0 ? k : drawFromProbs(row, 0, numStates, uniform);
    },
  };
}

function accumulate(sums: Int32Array, probs: Float64Array): number {
  let total = 0;
  for (let k = 0; k < sums.length; k++) {
    total += probs[k]!;
    sums[k] = total * ONE;
  }
  return total;
}

/** Index of the first of ascending integers that is above `target`, or of the last: steps are added by the sign of a difference. */
function firstAbove(ascending: Int32Array, target: number): number {
  let first = 0;
  for (let length = ascending.length; length > 1;) {
    const half = length >> 1;
    first += half & ~((target - ascending[first + half - 1]!) >> 31);
    length -= half;
  }
  return first;
}
