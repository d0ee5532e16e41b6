import { assertInteger, D3pmError, positionsOf, type States } from '@d3pm/core';

export interface NgramOptions {
  /** n: the symbol and the n − 1 before it. 1 is the unigram model. */
  readonly order: number;
  /** K */
  readonly numStates: number;
}

/** A character model that reads left to right: what a diffusion model's bound stands beside. */
export interface NgramModel {
  readonly order: number;
  readonly numStates: number;
  /** p(symbol | context), float64 `[K]`; uses the last n − 1 of `context`, fewer if it is shorter. Sums to 1, no entry is 0. */
  nextProbs(context: ArrayLike<number>): Float64Array;
  /**
   * −log2 p of a held-out text, per symbol: an exact code length, not a bound. A running text keeps
   * its context throughout; each example of a batch of states starts without one.
   *
   * @throws {D3pmError} `INVALID_DATA` when it is empty, `STATE_RANGE` for a symbol ≥ K.
   */
  bitsPerCharacter(heldOut: ArrayLike<number> | States): number;
}

/**
 * The interpolated n-gram model of Kneser and Ney (1995), with the three discounts of Chen and
 * Goodman (1999):
 *
 *     p_n(x | h) = (c(h x) − D(c(h x)))⁺ / c(h) + (Σ_y D(c(h y)) / c(h)) · p_{n−1}(x | h′),   p_0 = 1/K
 *
 * with h′ the context without its first symbol. At the highest order c counts the training text; at a
 * lower one it counts the different symbols before `h x` (and starts of a text). A context never seen
 * leaves p_{n−1}. The discounts are estimated from the counts of counts, so nothing is tuned on
 * held-out text; one that cannot be is ½.
 *
 * @param training A running text, or a batch of states, whose examples are counted each on its own.
 * @throws {D3pmError} `INVALID_OPTIONS` for an order whose n-grams float64 cannot number,
 * `INVALID_DATA` for an empty text, `STATE_RANGE` for a symbol ≥ K.
 */
export function ngramModel(training: ArrayLike<number> | States, { order, numStates: K }: NgramOptions): NgramModel {
  assertInteger('ngramModel', 'numStates', K, 2);
  assertInteger('ngramModel', 'order', order, 1, Math.floor(Math.log(Number.MAX_SAFE_INTEGER) / Math.log(K)));
  const tables = countNgrams(textsOf('training', training, K), order, K).map((counts) => discounted(counts, K));
  /** p(symbol | text before `end`) */
  const prob = (text: ArrayLike<number>, end: number, symbol: number): number => {
    let p = 1 / K;
    let context = 0;
    for (let n = 0; n < order && n <= end; n++) {
      if (n > 0) context += text[end - n]! * K ** (n - 1);
      p = tables[n]!(context, symbol, p);
    }
    return p;
  };
  return {
    order,
    numStates: K,
    nextProbs: (context) => Float64Array.from({ length: K }, (_, symbol) => prob(context, context.length, symbol)),
    bitsPerCharacter: (heldOut) => {
      let bits = 0;
      let count = 0;
      for (const text of textsOf('heldOut', heldOut, K)) {
        for (let i = 0; i < text.length; i++) bits -= Math.log2(prob(text, i, text[i]!));
        count += text.length;
      }
      return bits / count;
    },
  };
}

/** Counts by n-gram, its symbols the digits of a number in base K. */
type Counts = Map<number, number>;

/** Entry n counts the (n + 1)-grams: occurrences at the highest order, different predecessors below. */
function countNgrams(texts: readonly ArrayLike<number>[], order: number, K: number): Counts[] {
  const counts = Array.from({ length: order }, (): Counts => new Map());
  for (const text of texts) {
    let ngram = 0;
    for (let i = 0; i < text.length; i++) {
      const n = Math.min(i, order - 1);
      ngram = (ngram % K ** n) * K + text[i]!;
      increment(counts[n]!, ngram, 1);
    }
  }
  for (let n = order - 1; n >= 1; n--) {
    for (const ngram of counts[n]!.keys()) increment(counts[n - 1]!, ngram % K ** n, 1);
  }
  return counts;
}

/** One order as a map from p_{n−1}(x | h′) to p_n(x | h). */
function discounted(counts: Counts, K: number): (context: number, symbol: number, lower: number) => number {
  const discounts = discountsOf(counts);
  const discountOf = (count: number): number => discounts[Math.min(count, 3)]!;
  const totals: Counts = new Map();
  const freed: Counts = new Map();
  for (const [ngram, count] of counts) {
    const context = Math.floor(ngram / K);
    increment(totals, context, count);
    increment(freed, context, discountOf(count));
  }
  return (context, symbol, lower) => {
    const total = totals.get(context);
    if (total === undefined) return lower;
    const count = counts.get(context * K + symbol) ?? 0;
    return (count - discountOf(count) + freed.get(context)! * lower) / total;
  };
}

/** D(0) = 0, and D(1), D(2), D(3 and more) from how many n-grams occur once to four times. */
function discountsOf(counts: Counts): readonly number[] {
  const occurring = [0, 0, 0, 0, 0];
  for (const count of counts.values()) if (count <= 4) occurring[count]! += 1;
  const once = occurring[1]! / (occurring[1]! + 2 * occurring[2]!);
  return [0, 1, 2, 3].map((count) => {
    if (count === 0) return 0;
    const discount = count - (count + 1) * once * (occurring[count + 1]! / occurring[count]!);
    return discount > 0 && discount < count ? discount : 0.5;
  });
}

function increment(counts: Counts, key: number, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** One text, or the examples of a batch, checked. */
function textsOf(argument: string, text: ArrayLike<number> | States, numStates: number): readonly ArrayLike<number>[] {
  const batch = 'values' in text && 'shape' in text ? text : undefined;
  const values = batch ? batch.values : (text as ArrayLike<number>);
  if (values.length === 0) throw new D3pmError('INVALID_DATA', `ngramModel: ${argument} has no symbol`);
  for (let i = 0; i < values.length; i++) {
    if (!(values[i]! >= 0 && values[i]! < numStates)) {
      throw new D3pmError('STATE_RANGE', `ngramModel: ${argument} has ${values[i]} at offset ${i}, expected 0…${numStates - 1}`);
    }
  }
  if (!batch) return [values];
  const positions = positionsOf(batch);
  return Array.from({ length: batch.shape[0]! }, (_, b) => batch.values.subarray(b * positions, (b + 1) * positions));
}
