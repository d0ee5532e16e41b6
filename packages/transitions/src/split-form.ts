import { crossApproximation, type Factors } from './cross-approximation.ts';
import { emptyParts, fromEvenOdd, topRowCount, type EvenOdd } from './half-product.ts';
import type { ProductSize } from './matrix-product.ts';

/** A matrix that is its own mirror image, as its even and its odd part. */
export interface SplitForm {
  readonly even: Part;
  readonly odd: Part;
}

/** A square matrix, or factors of which a step changes the right one alone. */
type Part = Float64Array | Factors;

export type Multiply = (a: Float64Array, b: Float64Array, options: Omit<ProductSize, 'kernel'>) => Float64Array;

/** How matrices in parts are multiplied. */
export interface SplitArithmetic {
  /** The product with a step, of which entries up to `negligible` may be taken for 0. */
  next(form: SplitForm, step: EvenOdd, negligible: number): SplitForm;
  /** Writes the top rows into `top`. */
  rows<A extends Float32Array | Float64Array>(form: SplitForm, top: A): A;
  /**
   * The same matrix, with factors for a part in which they leave out nothing above `tolerance` and are a quarter of its size at
   * most: a chain forgets where it started, and what it still knows are a few smooth functions of the state.
   */
  factored(form: SplitForm, tolerance: number): SplitForm;
}

export function splitArithmetic(numStates: number, multiply: Multiply): SplitArithmetic {
  const [evens, odds] = [topRowCount(numStates), Math.floor(numStates / 2)];
  let expanded: EvenOdd | undefined;

  const partProduct = (part: Part, step: Float64Array, size: number, negligible: number): Part =>
    part instanceof Float64Array
      ? multiply(part, step, { rows: size, inner: size, columns: size, negligible })
      : { ...part, right: multiply(part.right, step, { rows: part.rank, inner: size, columns: size }) };

  const matrixOf = (part: Part, size: number, target: Float64Array): Float64Array =>
    part instanceof Float64Array ? part : multiply(part.left, part.right, { rows: size, inner: part.rank, columns: size, target });

  const factorsOf = (part: Part, size: number, tolerance: number): Part =>
    part instanceof Float64Array ? (crossApproximation(part, size, { tolerance, maxRank: size >> 2 }) ?? part) : part;

  return {
    next: ({ even, odd }, step, negligible) => ({
      even: partProduct(even, step.even, evens, negligible),
      odd: partProduct(odd, step.odd, odds, negligible),
    }),
    rows: ({ even, odd }, top) => {
      expanded ??= emptyParts(numStates);
      return fromEvenOdd({ even: matrixOf(even, evens, expanded.even), odd: matrixOf(odd, odds, expanded.odd) }, numStates, top);
    },
    factored: ({ even, odd }, tolerance) => ({ even: factorsOf(even, evens, tolerance), odd: factorsOf(odd, odds, tolerance) }),
  };
}

/** Whether a part is still a square matrix. */
export function isWhole({ even, odd }: SplitForm): boolean {
  return even instanceof Float64Array || odd instanceof Float64Array;
}
