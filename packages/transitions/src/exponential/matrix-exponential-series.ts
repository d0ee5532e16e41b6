import { matrixProduct } from '../matrix-product.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/** What a truncated series may lose, relative to the smallest entry. */
const NEGLIGIBLE = 2 ** -56;

/**
 * exp(α R), float64 `[K·K]`, right *relatively* in every entry that float64 holds, however small.
 *
 *     exp(α R) = exp(τ R)^(2^m),   exp(τ R) = Σ_n e^{−x} xⁿ/n! Pⁿ,   P = I + R/Λ ≥ 0,   x = τ Λ ≤ 1
 *
 * Λ is the largest exit rate. All terms are ≥ 0, so that no entry is drowned in the rounding of larger ones. Row sums are 1;
 * each squaring is divided by those that it has, else its relative error would double every time.
 *
 * The series ends when all the weights that are left are negligible beside the smallest entry. Symmetric to the last digit.
 */
export function matrixExponentialSeries(generator: SymmetricGenerator, rate: number): Float64Array {
  const { numStates } = generator;
  const { halvings, mean } = halve(generator, rate);
  let table = poissonSeries(generator, mean);
  for (let n = 0; n < halvings; n++) {
    table = balanced(matrixProduct(table, table, { rows: numStates, inner: numStates, columns: numStates }), numStates);
  }
  return table;
}

/** m and x = α Λ / 2^m ≤ 1, the mean number of jumps of the fastest state in the shortest time. */
export function halve({ exitRates }: SymmetricGenerator, rate: number): { readonly halvings: number; readonly mean: number } {
  const jumps = rate * largestOf(exitRates);
  const halvings = Math.max(0, Math.ceil(Math.log2(jumps)));
  return { halvings, mean: jumps / 2 ** halvings };
}

export function largestOf(rates: Float64Array): number {
  return rates.reduce((most, rate) => Math.max(most, rate), 0);
}

/** Divides entry (i, j) by √(r_i r_j), r the row sums: they become 1 up to rounding, and symmetry stays. */
export function balanced(table: Float64Array, numStates: number): Float64Array {
  const scale = new Float64Array(numStates);
  for (let i = 0; i < numStates; i++) {
    let sum = 0;
    for (let at = i * numStates; at < (i + 1) * numStates; at++) sum += table[at]!;
    scale[i] = 1 / Math.sqrt(sum);
  }
  for (let i = 0, at = 0; i < numStates; i++) {
    for (let j = 0; j < numStates; j++, at++) table[at] = table[at]! * (scale[i]! * scale[j]!);
  }
  return table;
}

function poissonSeries(generator: SymmetricGenerator, mean: number): Float64Array {
  const { numStates, exitRates } = generator;
  const fastest = largestOf(exitRates);
  let weight = Math.exp(-mean);
  let term = new Float64Array(numStates ** 2);
  let next = new Float64Array(numStates ** 2);
  for (let i = 0; i < numStates; i++) term[i * (numStates + 1)] = weight;
  const sum = term.slice();
  // All later weights together are less than twice the next.
  for (let n = 1; ; n++) {
    weight *= mean / n;
    if (weight === 0 || (weight < NEGLIGIBLE && 2 * weight <= NEGLIGIBLE * smallestOf(sum)))
      return balanced(symmetrised(sum, numStates), numStates);
    jump(generator, term, next, mean / n / fastest);
    [term, next] = [next, term];
    for (let at = 0; at < sum.length; at++) sum[at]! += term[at]!;
  }
}

/** `next = factor · (Λ I + R) term`. */
function jump(
  { numStates, rowStarts, targets, rates, exitRates }: SymmetricGenerator,
  term: Float64Array,
  next: Float64Array,
  factor: number,
): void {
  const fastest = largestOf(exitRates);
  for (let i = 0; i < numStates; i++) {
    const row = i * numStates;
    const staying = factor * (fastest - exitRates[i]!);
    for (let j = 0; j < numStates; j++) next[row + j] = staying * term[row + j]!;
    for (let edge = rowStarts[i]!; edge < rowStarts[i + 1]!; edge++) {
      const leaving = factor * rates[edge]!;
      for (let j = 0, at = targets[edge]! * numStates; j < numStates; j++, at++) next[row + j]! += leaving * term[at]!;
    }
  }
}

/** Both halves are the same up to rounding; afterwards to the last digit. */
function symmetrised(table: Float64Array, numStates: number): Float64Array {
  for (let i = 0; i < numStates; i++) {
    for (let j = 0; j < i; j++) {
      const [below, above] = [i * numStates + j, j * numStates + i];
      table[below] = table[above] = (table[below]! + table[above]!) / 2;
    }
  }
  return table;
}

function smallestOf(table: Float64Array): number {
  let smallest = Infinity;
  for (let at = 0; at < table.length; at++) if (table[at]! < smallest) smallest = table[at]!;
  return smallest;
}
