export interface RootSearch {
  /** Where to look first. */
  readonly start: number;
  /** The first step away from there. */
  readonly step: number;
  /** How much longer each next one is. */
  readonly growth: number;
  /** No root is looked for beyond. */
  readonly low: number;
  readonly high: number;
  /** Of |f| at the root; 0 for the last digit. */
  readonly tolerance: number;
}

/**
 * Where an increasing function is 0: a bracket grown from the start, then Chandrupatla's method (1997), which
 * interpolates where that is safe and halves where not. Values may be ±∞.
 *
 * @returns undefined when f has one sign all the way from `low` to `high`.
 */
export function increasingRoot(f: (u: number) => number, { start, step, growth, low, high, tolerance }: RootSearch): number | undefined {
  let [a, fa] = [start, f(start)];
  if (Math.abs(fa) <= tolerance) return a;
  const direction = fa < 0 ? 1 : -1;
  const end = direction > 0 ? high : low;
  let [b, fb] = [a, fa];
  for (let stride = step; fb * direction < 0; stride *= growth) {
    if (b === end) return undefined;
    [a, fa] = [b, fb];
    b = direction > 0 ? Math.min(end, b + stride) : Math.max(end, b - stride);
    fb = f(b);
  }
  let share = Number.isFinite(fa - fb) ? fa / (fa - fb) : 0.5;
  for (;;) {
    const best = Math.abs(fa) < Math.abs(fb) ? a : b;
    const width = (2 * Number.EPSILON * Math.abs(best) + Number.MIN_VALUE) / Math.abs(b - a);
    if (Math.min(Math.abs(fa), Math.abs(fb)) <= tolerance || !(width < 0.5)) return best;
    const x = a + Math.min(1 - width, Math.max(width, share)) * (b - a);
    const fx = f(x);
    const isSameSide = fx < 0 === fa < 0;
    const [c, fc] = isSameSide ? [a, fa] : [b, fb];
    if (!isSameSide) [b, fb] = [a, fa];
    [a, fa] = [x, fx];
    const xi = (a - b) / (c - b);
    const phi = (fa - fb) / (fc - fb);
    const isSafe = phi ** 2 < xi && (1 - phi) ** 2 < 1 - xi;
    share = isSafe ? (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb)) : 0.5;
  }
}
