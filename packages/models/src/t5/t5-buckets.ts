/** What an attention can tell of the distance to the position that it reads. */
export type T5Bucketing = 'bidirectional' | 'left-only';

export interface T5BucketOptions {
  readonly numBuckets: number;
  /** From here on all distances share the last bucket. */
  readonly maxDistance: number;
  readonly bucketing: T5Bucketing;
}

/** Rounding of a logarithm; distances are integers, so the quotients that are no integers are further from one. */
const ROUNDING = 1e-9;

/**
 * The bucket of a signed distance j − i from the reading position i to the position j that is read (Raffel et al., 2020). Of the n
 * buckets of a side the first half is for one distance each, and the others grow with it, up to the maximum R:
 *
 *     d < n/2:  d,   else  min(n/2 + ⌊n/2 · log(2d/n) / log(2R/n)⌋, n − 1),   d = |j − i|
 *
 * `'bidirectional'` gives each side half of the buckets, those of the right after those of the left. `'left-only'` gives all to the left, and
 * everything to the right counts as distance 0: right where nothing to the right is read.
 */
export function t5Bucket(distance: number, { numBuckets, maxDistance, bucketing }: T5BucketOptions): number {
  if (bucketing === 'left-only') return sideBucket(Math.max(-distance, 0), numBuckets, maxDistance);
  const perSide = numBuckets / 2;
  return (distance > 0 ? perSide : 0) + sideBucket(Math.abs(distance), perSide, maxDistance);
}

function sideBucket(distance: number, numBuckets: number, maxDistance: number): number {
  const numExact = Math.floor(numBuckets / 2);
  if (distance < numExact) return distance;
  const share = Math.log(distance / numExact) / Math.log(maxDistance / numExact);
  return Math.min(numExact + Math.floor(share * (numBuckets - numExact) + ROUNDING), numBuckets - 1);
}
