import { emptyParts, toEvenOdd, topRowCount, withMirroredRows, type EvenOdd } from './half-product.ts';
import { matrixProduct } from './matrix-product.ts';
import { createProductKernel, type ProductKernel } from './product-kernel.ts';
import { isWhole, splitArithmetic, type Multiply, type SplitForm } from './split-form.ts';
import type { StepSource } from './step-source.ts';
import { smallestPossible, supportOf, supportProduct, type Support } from './support.ts';

/** Q(s→t) in float64: a step of a walk along the chain. */
export interface ChainProduct {
  /** Its rows (the upper half of them where the matrix is its own mirror image), or its even and odd parts. */
  readonly form: Float64Array | FlooredForm;
  readonly support: Support;
  /** No possible entry is smaller; exactly the smallest of rows. 0 when one has underflowed. */
  readonly smallest: number;
}

interface FlooredForm extends SplitForm {
  /** Parts are right while no entry is below this. */
  readonly floor: number;
}

/**
 * Sums of the parts cancel: an entry comes out with an absolute error of 1e-16 times the largest. From
 * this ratio of smallest to largest on that is a relative 1e-12 at most.
 */
const SPLIT_RATIO = 2 ** -13;
/** Up to this K neither parts nor a kernel that is kept save anything. */
const SMALL_STATES = 64;
/**
 * What entries of a step may be neglected, relative to the smallest entry of the result. Rows sum to 1, so
 * that together they lose no more than this.
 */
const NEGLIGIBLE = 2 ** -60;
/**
 * What factors may leave out, relative to the smallest entry when they are made. It stays so: where R is left out of Q̄_s, an
 * entry of Q̄_t loses (R Q(s→t))_ij ≤ max |R| · Σ_k Q(s→t)_kj, and is itself at least min Q̄_s · Σ_k Q(s→t)_kj.
 */
const LEFT_OUT = 2 ** -43;
/** Steps between two tries to find factors: a try costs a quarter of a product at most. */
const FACTOR_EVERY = 16;

/** How products of step matrices are made and kept. */
export interface ChainArithmetic {
  /** Rows that are stored: K, or ⌈K/2⌉ of a centrosymmetric matrix. */
  readonly storedRows: number;
  readonly identity: ChainProduct;
  /** Q(s→t) from Q(s→t−1). */
  next(product: ChainProduct, t: number): ChainProduct;
  /** The stored rows, float64 `[storedRows, K]`; the caller must not write to them. */
  rows(product: ChainProduct): Float64Array;
  /** The same, rounded to float32; they are the caller's. */
  rows32(product: ChainProduct): Float32Array;
  /** Stored rows as a K×K matrix. */
  full<A extends Float32Array | Float64Array>(rows: A): A;
}

export function chainArithmetic(
  steps: StepSource,
  { numStates, centrosymmetric }: { readonly numStates: number; readonly centrosymmetric: boolean },
): ChainArithmetic {
  const canSplit = centrosymmetric && numStates > SMALL_STATES;
  const storedRows = centrosymmetric ? topRowCount(numStates) : numStates;
  const size = storedRows * numStates;
  let kernel: ProductKernel | undefined;
  const multiply: Multiply = (a, b, options) =>
    numStates > SMALL_STATES
      ? matrixProduct(a, b, {
          ...options,
          kernel: (kernel ??= createProductKernel({ rows: storedRows, inner: numStates, columns: numStates })),
        })
      : matrixProduct(a, b, options);
  const split = splitArithmetic(numStates, multiply);
  let stepParts: EvenOdd | undefined;
  const rowsOf = ({ form }: ChainProduct): Float64Array => (form instanceof Float64Array ? form : split.rows(form, new Float64Array(size)));
  const fromRows = (rows: Float64Array, support: Support): ChainProduct => {
    const smallest = smallestPossible(support, rows);
    const floor = canSplit && support.bits === undefined ? largestOf(rows) * SPLIT_RATIO : Infinity;
    return { form: smallest > floor ? { ...toEvenOdd(rows, numStates), floor } : rows, support, smallest };
  };
  const identityRows = Float64Array.from({ length: size }, (_, at) => (at % (numStates + 1) === 0 ? 1 : 0));

  return {
    storedRows,
    identity: { form: identityRows, support: supportOf(identityRows, 0, { numStates, rows: storedRows }), smallest: 1 },
    next: ({ form, support, smallest }, t) => {
      const step = steps.linear(t);
      if (form instanceof Float64Array) {
        // Σ_k a_ik b_kj ≥ min a · Σ_k b_kj, where nothing is impossible.
        const bound = support.bits === undefined ? smallest * smallestColumnSum(step, numStates) : 0;
        const negligible = bound * NEGLIGIBLE;
        const isFull = support.bits === undefined && hasDiagonal(step, numStates);
        return fromRows(
          multiply(form, step, { rows: storedRows, inner: numStates, columns: numStates, negligible }),
          isFull ? support : supportProduct(support, steps.support(t)),
        );
      }
      stepParts = toEvenOdd(step, numStates, stepParts ?? emptyParts(numStates));
      const bound = smallest * smallestColumnSum(stepParts.even, topRowCount(numStates));
      const { floor } = form;
      const product = { form: { ...split.next(form, stepParts, bound * NEGLIGIBLE), floor }, support, smallest: bound };
      if (bound <= floor) return fromRows(rowsOf(product), support);
      if (t % FACTOR_EVERY > 0 || !isWhole(product.form)) return product;
      const tolerance = smallestPossible(support, rowsOf(product)) * LEFT_OUT;
      return { ...product, form: { ...split.factored(product.form, tolerance), floor } };
    },
    rows: rowsOf,
    rows32: ({ form }) => (form instanceof Float64Array ? new Float32Array(form) : split.rows(form, new Float32Array(size))),
    full: (rows) => (centrosymmetric ? withMirroredRows(rows, numStates) : rows),
  };
}

/** Whether every state can stay, so that each column of the matrix has a possible entry. */
function hasDiagonal(matrix: Float64Array, numStates: number): boolean {
  for (let i = 0; i < numStates; i++) if (matrix[i * numStates + i] === 0) return false;
  return true;
}

function largestOf(entries: Float64Array): number {
  let largest = 0;
  for (let at = 0; at < entries.length; at++) if (entries[at]! > largest) largest = entries[at]!;
  return largest;
}

/** Of a square matrix. The sums of an even part are those of its matrix. */
function smallestColumnSum(matrix: Float64Array, size: number): number {
  const sums = new Float64Array(size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sums[j]! += matrix[i * size + j]!;
  return sums.reduce((least, sum) => Math.min(least, sum), 1);
}
