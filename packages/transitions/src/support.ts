/** Which entries of a matrix are possible: what tells a 0 that underflowed from a true one. */
export interface Support {
  readonly numStates: number;
  readonly rows: number;
  /** One bit an entry, `[rows, ⌈K/32⌉]`; undefined when every entry is possible. */
  readonly bits: Uint32Array | undefined;
}

/** The entries of the first `rows` rows that are greater than `impossible`: 0, or −∞ for logs. */
export function supportOf(matrix: Float64Array, impossible: number, { numStates, rows }: Pick<Support, 'numStates' | 'rows'>): Support {
  const words = Math.ceil(numStates / 32);
  const bits = new Uint32Array(rows * words);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < numStates; j++) {
      if (!(matrix[i * numStates + j]! > impossible)) continue;
      bits[i * words + (j >> 5)]! |= 1 << (j & 31);
      count++;
    }
  }
  return { numStates, rows, bits: count === rows * numStates ? undefined : bits };
}

/** The support of `a b`, where no row of `a` is impossible throughout. */
export function supportProduct(a: Support, b: Support): Support {
  const { numStates, rows } = a;
  if (b.bits === undefined) return { numStates, rows, bits: undefined };
  const words = Math.ceil(numStates / 32);
  const bits = new Uint32Array(rows * words);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < numStates; k++) {
      if (isPossible(a, i, k)) for (let w = 0; w < words; w++) bits[i * words + w]! |= b.bits[k * words + w]!;
    }
  }
  return { numStates, rows, bits };
}

function isPossible({ numStates, bits }: Support, i: number, j: number): boolean {
  return bits === undefined || ((bits[i * Math.ceil(numStates / 32) + (j >> 5)]! >>> (j & 31)) & 1) === 1;
}

/** The smallest entry that is possible: 0 where one has underflowed, 1 when none is. */
export function smallestPossible(support: Support, entries: Float64Array): number {
  const { numStates } = support;
  let smallest = 1;
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at]!;
    if (entry < smallest && (entry > 0 || isPossible(support, Math.floor(at / numStates), at % numStates))) smallest = entry;
  }
  return smallest;
}
