/** What a list of times comes down to, in milliseconds. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

export function summarize(milliseconds: readonly number[]): Summary {
  return {
    count: milliseconds.length,
    median: quantile(milliseconds, 0.5),
    p10: quantile(milliseconds, 0.1),
    p90: quantile(milliseconds, 0.9),
  };
}

/** The quantile at `share` ∈ [0, 1], between neighbours in a straight line. NaN of an empty list. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below === undefined || above === undefined ? NaN : below + (above - below) * (place - Math.floor(place));
}

/** Slope of log y against log x by least squares: n of y ∝ xⁿ. NaN unless there are two different x. */
export function logSlope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (pick: (point: { readonly x: number; readonly y: number }) => number): number =>
    logs.reduce((sum, point) => sum + pick(point), 0) / logs.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  return mean(({ x, y }) => (x - meanX) * (y - meanY)) / mean(({ x }) => (x - meanX) ** 2);
}

/** Two decimals, and no minus before 0. */
export function slopeText(slope: number): string {
  return (Math.round(100 * slope) / 100 + 0).toFixed(2);
}
