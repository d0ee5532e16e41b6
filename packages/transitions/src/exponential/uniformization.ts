import { columnsOf, sizeOf, type ActionTask } from './action-task.ts';
import type { BlockRecurrence } from './block-recurrence.ts';
import { poissonWeights } from './poisson-weights.ts';
import { sparseStarts, type SparseVector } from './sparse-starts.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/** Terms are added at least until those left out weigh this. */
const TAIL = 2 ** -32;
/** How many of the first terms of a state are made apart, while they reach few others. */
const FIRST_JUMPS = 2;

export interface UniformizationOptions {
  /** Λ, the largest exit rate. */
  readonly fastest: number;
  /** No two states are more jumps apart. */
  readonly maxHops: number;
  /** Terms are added until one is at most this much of each entry, and the one before it the root of that: in a graph with two sides every second is 0. */
  readonly relativeTerm: number;
}

/**
 * p exp(α R) by uniformisation, for a block of at most `width` rows: with Λ the largest exit rate,
 *
 *     exp(α R) = Σ_n e^{−αΛ} (αΛ)ⁿ/n! Pⁿ,   P = I + R/Λ ≥ 0
 *
 * Nothing is subtracted, so that every entry, however small, is right relatively, to about `relativeTerm`. It takes
 * about αΛ + 8 √αΛ terms, and as many as the most distant state is jumps away.
 *
 * Entries that underflow a float64 are 0.
 *
 * @returns What makes such rows, float64 `[K]` for each task.
 */
export function uniformization(
  generator: SymmetricGenerator,
  options: UniformizationOptions,
): (recurrence: BlockRecurrence, tasks: readonly ActionTask[]) => Float64Array[] {
  const startOf = sparseStarts(generator, { fastest: options.fastest, count: FIRST_JUMPS + 1 });
  return (recurrence, tasks) => uniformizedRows(recurrence, tasks, { ...options, generator, startOf });
}

function uniformizedRows(
  recurrence: BlockRecurrence,
  tasks: readonly ActionTask[],
  {
    generator,
    startOf,
    fastest,
    maxHops,
    relativeTerm,
  }: UniformizationOptions & { readonly generator: SymmetricGenerator; startOf(state: number): readonly SparseVector[] },
): Float64Array[] {
  const { width, vectors, sum, diagonal, weights } = recurrence;
  vectors[0].fill(0);
  vectors[1].fill(0);
  sum.fill(0);
  generator.exitRates.forEach((exitRate, i) => (diagonal[i] = 1 - exitRate / fastest));
  const done = tasks.every(({ start }) => typeof start === 'number') ? FIRST_JUMPS : 0;
  const termsOf = new Map(Array.from(new Set(tasks.map(({ rate }) => rate)), (rate) => [rate, poissonWeights(rate * fastest)]));
  const columns = tasks.map(({ start, rate }, column) => {
    const terms = termsOf.get(rate)!;
    if (typeof start === 'number') {
      const firsts = startOf(start).slice(0, done + 1);
      firsts.forEach((vector, n) => addColumn(sum, width, column, vector, terms[n] ?? 0));
      addColumn(vectors[0], width, column, firsts[done]!, 1);
    } else {
      start.forEach((prob, i) => {
        vectors[0][i * width + column] = prob;
        sum[i * width + column] = prob * terms[0]!;
      });
    }
    return { terms, enough: Math.max(termsFor(terms), FIRST_JUMPS + 1), wasSmall: false, isDone: false };
  });

  for (let n = done + 1, from: 0 | 1 = 0; columns.some(({ isDone }) => !isDone); n++, from = from === 0 ? 1 : 0) {
    columns.forEach(({ terms, isDone }, column) => (weights[column] = isDone ? 0 : (terms[n] ?? 0)));
    recurrence.advance(from, 1 / fastest, 0);
    const newest = vectors[from === 0 ? 1 : 0];
    columns.forEach((each, column) => {
      if (each.isDone || n < each.enough) return;
      const weight = weights[column]!;
      const isBelow = (limit: number): boolean => isNegligible(newest, sum, { column, width, weight }, { limit, mayBeZero: n >= maxHops });
      each.isDone = weight === 0 || (each.wasSmall && isBelow(relativeTerm));
      if (!each.isDone) each.wasSmall = isBelow(Math.sqrt(relativeTerm));
    });
  }
  weights.fill(0);
  return columnsOf(sum, width, tasks.length).map((row, column) => massKept(row, sizeOf(tasks[column]!.start).mass));
}

function addColumn(block: Float64Array, width: number, column: number, { count, states, values }: SparseVector, weight: number): void {
  for (let k = 0; k < count; k++) {
    const state = states[k]!;
    block[state * width + column] = block[state * width + column]! + values[state]! * weight;
  }
}

/** How many terms about p exp(α R) takes. */
export function uniformizationTerms(mean: number): number {
  return mean + 8 * Math.sqrt(mean) + 8;
}

/** From which n on the weights left out are small. */
function termsFor(terms: Float64Array): number {
  let tail = 0;
  let n = terms.length - 1;
  for (; n > 0; n--) {
    tail += terms[n]!;
    if (tail > TAIL) break;
  }
  return n;
}

function isNegligible(
  newest: Float64Array,
  sum: Float64Array,
  { column, width, weight }: { readonly column: number; readonly width: number; readonly weight: number },
  { limit, mayBeZero }: { readonly limit: number; readonly mayBeZero: boolean },
): boolean {
  for (let at = column; at < sum.length; at += width) {
    const term = weight * newest[at]!;
    const entry = sum[at]!;
    if (term > limit * entry) return false;
    if (entry === 0 && !mayBeZero) return false;
  }
  return true;
}

/** The entries, scaled in place to sum to `mass`. */
export function massKept(entries: Float64Array, mass: number): Float64Array {
  let total = 0;
  for (let i = 0; i < entries.length; i++) total += entries[i]!;
  const scale = total > 0 ? mass / total : 1;
  for (let i = 0; i < entries.length; i++) entries[i] = entries[i]! * scale;
  return entries;
}
