/** ∏ shape, 1 of a scalar; undefined where a dimension or the product is no integer in 0…2⁵³−1. */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0 || !Number.isSafeInteger((count *= size))) return undefined;
  }
  return count;
}
