export interface SampledFromOptions {
  /** Chance that a sample of the right law is refused. @defaultValue 1e-9 */
  readonly falseAlarm?: number;
}

/**
 * Throws unless `counts` can be a sample from `probs`: an outcome of probability 0 must never have
 * been drawn, and Pearson's χ² over the others must stay below the tail bound of Laurent and
 * Massart (2000), P(χ²_d ≥ d + 2√(dx) + 2x) ≤ e^{−x}. Outcomes expected fewer than ten times are
 * pooled, for χ² holds there in the limit only.
 */
export function expectSampledFrom(
  counts: ArrayLike<number>,
  probs: ArrayLike<number>,
  { falseAlarm = 1e-9 }: SampledFromOptions = {},
): void {
  if (counts.length !== probs.length) throw new Error(`expectSampledFrom: ${counts.length} counts for ${probs.length} probabilities`);
  const draws = Array.from(counts).reduce((sum, count) => sum + count, 0);
  const cells: { count: number; expected: number }[] = [];
  const pool = { count: 0, expected: 0 };
  for (let i = 0; i < counts.length; i++) {
    const [count, expected] = [counts[i]!, draws * probs[i]!];
    if (expected === 0 && count > 0)
      throw new Error(`expectSampledFrom: outcome ${i} is impossible and was drawn ${count} times in ${draws}`);
    if (expected >= 10) cells.push({ count, expected });
    else {
      pool.count += count;
      pool.expected += expected;
    }
  }
  if (pool.expected > 0) cells.push(pool);
  const statistic = cells.reduce((sum, { count, expected }) => sum + (count - expected) ** 2 / expected, 0);
  const [freedom, x] = [Math.max(1, cells.length - 1), -Math.log(falseAlarm)];
  const limit = freedom + 2 * Math.sqrt(freedom * x) + 2 * x;
  if (!(statistic <= limit)) {
    const found = `χ² is ${statistic.toPrecision(4)} over ${cells.length} outcomes of ${draws} draws`;
    throw new Error(`expectSampledFrom: ${found}, expected at most ${limit.toPrecision(4)}`);
  }
}
