import type { NoiseSchedule, Survival } from '@d3pm/core';
import { createByteCache } from './byte-cache.ts';
import { matrixProduct } from './matrix-product.ts';

export interface LowRankCoreOptions {
  /** a and b. */
  readonly sources: number;
  readonly targets: number;
  readonly schedule: NoiseSchedule<'jump-probability'>;
  readonly survival: Survival;
  /** V U, `[b·a]`: where a target leads when it is drawn anew. */
  readonly again: Float64Array;
  /** S_t, `[a·b]`. */
  core(t: number): Float64Array;
}

/** Of G(s→t) for s > 0; those from 0 are all kept. */
const CACHE_BYTES = 2 ** 24;

/**
 * G(s→t), float64 `[a·b]`, of `Q(s→t) = α(s→t) I + U G(s→t) V`. From Q(s→t+1) = Q(s→t) Q_{t+1}:
 *
 *     G(s→t+1) = (1 − β) G(s→t) + β (α(s→t) I + G(s→t) V U) S_{t+1}
 *
 * No term is negative, so nothing cancels: entries are right to rounding, relatively, and 0 only where impossible.
 */
export function lowRankCore({
  sources,
  targets,
  schedule,
  survival,
  again,
  core,
}: LowRankCoreOptions): (s: number, t: number) => Float64Array {
  const nothing: Float64Array = new Float64Array(sources * targets);
  const next = (mixed: Float64Array, s: number, t: number): Float64Array => {
    const beta = schedule.noise[t]!;
    const redrawn = matrixProduct(mixed, again, { rows: sources, inner: targets, columns: sources });
    for (let i = 0; i < sources; i++) redrawn[i * (sources + 1)]! += survival.keep(s, t);
    return matrixProduct(redrawn, core(t + 1), { rows: sources, inner: sources, columns: targets }).map(
      (prob, at) => (1 - beta) * mixed[at]! + beta * prob,
    );
  };
  const fromData: Float64Array[] = [nothing];
  const fromNoise = createByteCache<Float64Array>({ limit: CACHE_BYTES, bytesOf: ({ byteLength }) => byteLength });
  return (s, t) => {
    if (s === 0) {
      for (let u = fromData.length - 1; u < t; u++) fromData.push(next(fromData[u]!, 0, u));
      return fromData[t]!;
    }
    return fromNoise.getOrCreate(`${s} ${t}`, () => {
      let mixed = nothing;
      for (let u = s; u < t; u++) mixed = next(mixed, s, u);
      return mixed;
    });
  };
}
