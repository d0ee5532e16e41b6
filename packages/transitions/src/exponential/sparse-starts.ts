import type { SymmetricGenerator } from './symmetric-generator.ts';

/** The entries of a vector that are not 0; the first `count` of the arrays. */
export interface SparseVector {
  readonly count: number;
  readonly states: Int32Array;
  /** By state, `[K]`. */
  readonly values: Float64Array;
}

/**
 * e_x, P e_x, P² e_x, … with P = I + R/Λ, `count` of them, of a state x: while a few jumps reach few states, only those are
 * touched. The same numbers are added in the same order as by a block recurrence, so that they agree to the last bit.
 *
 * @returns What gives them; they are valid until it is called again.
 */
export function sparseStarts(
  { numStates, rowStarts, targets, rates, exitRates }: SymmetricGenerator,
  { fastest, count }: { readonly fastest: number; readonly count: number },
): (state: number) => readonly SparseVector[] {
  const scale = 1 / fastest;
  const isReached = new Uint8Array(numStates);
  const vectors = Array.from({ length: count }, () => ({
    count: 0,
    states: new Int32Array(numStates),
    values: new Float64Array(numStates),
  }));

  return (state) => {
    for (const vector of vectors) {
      for (let k = 0; k < vector.count; k++) vector.values[vector.states[k]!] = 0;
      vector.count = 0;
    }
    const [first, ...others] = vectors;
    first!.states[0] = state;
    first!.values[state] = 1;
    first!.count = 1;
    let before = first!;
    for (const vector of others) {
      // Ascending, as the targets of each state are.
      before.states.subarray(0, before.count).sort();
      const { states, values: inflow } = vector;
      let reached = 0;
      for (let k = 0; k < before.count; k++) {
        const from = before.states[k]!;
        const value = before.values[from]!;
        if (isReached[from] === 0) states[reached++] = from;
        isReached[from] = 1;
        for (let edge = rowStarts[from]!, end = rowStarts[from + 1]!; edge < end; edge++) {
          const to = targets[edge]!;
          if (isReached[to] === 0) states[reached++] = to;
          isReached[to] = 1;
          inflow[to] = inflow[to]! + rates[edge]! * value;
        }
      }
      for (let k = 0; k < reached; k++) {
        const to = states[k]!;
        inflow[to] = inflow[to]! * scale + before.values[to]! * (1 - exitRates[to]! / fastest);
        isReached[to] = 0;
      }
      vector.count = reached;
      before = vector;
    }
    return vectors;
  };
}
