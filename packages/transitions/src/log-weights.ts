import type { Tensor } from '@tensorflow/tfjs-core';
import { perExample, type Survival } from '@d3pm/core';

/** log α(s→t) and log(1 − α(s→t)), float32 columns `[B, 1, …, 1]` or `[B, …N, 1]` that broadcast over classes. */
export interface LogWeights {
  readonly logKeep: Tensor;
  readonly logRefresh: Tensor;
}

/** Those of each example, `[B, 1, …, 1]` of the given rank: logarithms of float64, so that no small 1 − α is rounded away. */
export function logWeightsOf(
  { keep, refresh }: Survival,
  { s, t }: { readonly s: Int32Array; readonly t: Int32Array },
  rank: number,
): LogWeights {
  const column = (weight: Survival['keep']): Tensor =>
    perExample(
      Float64Array.from(s, (from, b) => Math.log(weight(from, t[b]!))),
      rank,
    );
  return { logKeep: column(keep), logRefresh: column(refresh) };
}
