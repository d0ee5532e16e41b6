import { bitsPerDimension } from '@d3pm/core';

/**
 * A mean over examples and how far off it may be. Two errors, which are two questions:
 *
 * - `monteCarloError…`: how far another run on the *same examples* would land. Undefined with one
 *   replicate, which cannot tell it; with few it is itself uncertain: of R replicates in G batches
 *   it has G (R − 1) degrees of freedom, and a distance in such errors Student's law.
 * - `standardError…`: how far a run on *other examples* of the same source would land; it includes
 *   the first. NaN with one example.
 */
export interface Estimate {
  /** Nats per example. +∞ when the model excludes an example. */
  readonly nats: number;
  readonly standardErrorNats: number;
  readonly monteCarloErrorNats: number | undefined;
  /** Bits per dimension: per position, character or pixel value. */
  readonly bitsPerDimension: number;
  readonly standardErrorBitsPerDimension: number;
  readonly monteCarloErrorBitsPerDimension: number | undefined;
}

/** The moments in nats per example, with their bits per dimension. */
export function estimateOf(
  { nats, standardErrorNats, monteCarloErrorNats }: Pick<Estimate, 'monteCarloErrorNats' | 'nats' | 'standardErrorNats'>,
  positions: number,
): Estimate {
  return {
    nats,
    standardErrorNats,
    monteCarloErrorNats,
    bitsPerDimension: bitsPerDimension(nats, positions),
    standardErrorBitsPerDimension: bitsPerDimension(standardErrorNats, positions),
    monteCarloErrorBitsPerDimension: monteCarloErrorNats === undefined ? undefined : bitsPerDimension(monteCarloErrorNats, positions),
  };
}
