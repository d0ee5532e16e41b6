/** A row p exp(α R) that is asked for: p is a point mass on a state, or float64 `[K]` with every entry ≥ 0. */
export interface ActionTask {
  readonly start: Float64Array | number;
  /** log p, where p has underflowed. @defaultValue The logarithm of p. */
  readonly logStart?: () => Float64Array;
  /** α ≥ 0, ∞ for the limit. */
  readonly rate: number;
}

/** Writes p into column `column` of a block of zeros. */
export function writeStart(block: Float64Array, width: number, column: number, start: ActionTask['start']): void {
  if (typeof start === 'number') block[start * width + column] = 1;
  else for (let i = 0; i < start.length; i++) block[i * width + column] = start[i]!;
}

/** Σ p, and √(Σ p²). */
export function sizeOf(start: ActionTask['start']): { readonly mass: number; readonly norm: number } {
  if (typeof start === 'number') return { mass: 1, norm: 1 };
  let [mass, squares] = [0, 0];
  for (const prob of start) {
    mass += prob;
    squares += prob * prob;
  }
  return { mass, norm: Math.sqrt(squares) };
}

/** The first `count` columns of a block. */
export function columnsOf(block: Float64Array, width: number, count: number): Float64Array[] {
  const columns = Array.from({ length: count }, () => new Float64Array(block.length / width));
  for (let i = 0, at = 0; at < block.length; i++, at += width) {
    for (let column = 0; column < count; column++) columns[column]![i] = block[at + column]!;
  }
  return columns;
}
