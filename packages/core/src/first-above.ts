/**
 * Inversion of a cumulative law by bisection: the first index whose entry exceeds `level`.
 *
 * @param cumulative Ascending; an index whose probability is 0 is never the first.
 * @param level Below the last entry; where it is not, the last index is returned.
 */
export function firstAbove(cumulative: Float64Array, level: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > level) high = middle;
    else low = middle + 1;
  }
  return low;
}
