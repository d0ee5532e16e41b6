/** Rows of float64 numbers. */
export type Matrix = readonly (readonly number[])[];

export function identity(size: number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));
}

/** A B, by the definition. */
export function times(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}

export function transpose(a: Matrix): number[][] {
  return a[0]!.map((_, j) => a.map((row) => row[j]!));
}

/** Aⁿ for n ≥ 0. */
export function power(a: Matrix, exponent: number): number[][] {
  let product = identity(a.length);
  for (let n = 0; n < exponent; n++) product = times(product, a);
  return product;
}
