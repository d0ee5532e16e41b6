/**
 * A matrix that equals itself when both axes are reversed maps even vectors (v reversed is v) to even
 * ones and odd to odd. Its two parts have half its size, and a product of such matrices is the
 * products of their parts: a quarter of the work.
 */
export interface EvenOdd {
  /** ⌈K/2⌉ × ⌈K/2⌉ */
  readonly even: Float64Array;
  /** ⌊K/2⌋ × ⌊K/2⌋ */
  readonly odd: Float64Array;
}

/** Rows that say everything of such a matrix: ⌈K/2⌉. */
export function topRowCount(numStates: number): number {
  return Math.ceil(numStates / 2);
}

export function emptyParts(numStates: number): EvenOdd {
  return { even: new Float64Array(topRowCount(numStates) ** 2), odd: new Float64Array(Math.floor(numStates / 2) ** 2) };
}

/**
 * The parts of the matrix with these top rows, written into `parts`. A middle row (K odd) is its own mirror image: it is
 * all even.
 */
export function toEvenOdd(top: Float64Array, numStates: number, parts: EvenOdd = emptyParts(numStates)): EvenOdd {
  const [evens, odds] = [topRowCount(numStates), Math.floor(numStates / 2)];
  const { even, odd } = parts;
  for (let i = 0; i < odds; i++) {
    const row = i * numStates;
    for (let j = 0; j < odds; j++) {
      const entry = top[row + j]!;
      const mirrored = top[row + numStates - 1 - j]!;
      even[i * evens + j] = entry + mirrored;
      odd[i * odds + j] = entry - mirrored;
    }
    if (evens > odds) even[i * evens + odds] = 2 * top[row + odds]!;
  }
  if (evens > odds) even.set(top.subarray(odds * numStates, odds * numStates + evens), odds * evens);
  return parts;
}

/** Writes the top rows of the matrix with these parts: the inverse of {@link toEvenOdd}. */
export function fromEvenOdd<A extends Float32Array | Float64Array>({ even, odd }: EvenOdd, numStates: number, top: A): A {
  const [evens, odds] = [topRowCount(numStates), Math.floor(numStates / 2)];
  for (let i = 0; i < odds; i++) {
    const row = i * numStates;
    for (let j = 0, at = row, mirror = row + numStates - 1; j < odds; j++, at++, mirror--) {
      const sum = even[i * evens + j]! / 2;
      const difference = odd[i * odds + j]! / 2;
      top[at] = sum + difference;
      top[mirror] = sum - difference;
    }
    if (evens > odds) top[row + odds] = even[i * evens + odds]! / 2;
  }
  if (evens > odds) {
    const middle = even.subarray(odds * evens);
    top.set(middle, odds * numStates);
    top.set(middle.slice(0, odds).reverse(), odds * numStates + evens);
  }
  return top;
}

/** All rows, from the top ones and their mirror image. */
export function withMirroredRows<A extends Float32Array | Float64Array>(top: A, numStates: number): A {
  const full = new (top.constructor as new (size: number) => A)(numStates * numStates);
  full.set(top);
  const last = numStates * numStates - 1;
  for (let at = 0; at < Math.floor(numStates / 2) * numStates; at++) full[last - at] = top[at]!;
  return full;
}
