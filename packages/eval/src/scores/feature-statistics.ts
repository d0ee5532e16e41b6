import type { States } from '@d3pm/core';
import { assertExtractor } from './assert-extractor.ts';
import { featureAccumulator } from './feature-accumulator.ts';
import { featureBatches } from './feature-batches.ts';
import type { ExtractorIdentity, FeatureExtractor } from './feature-extractor.ts';

/** The Gaussian that stands for a set of samples, float64 throughout. */
export interface FeatureStatistics {
  readonly extractor: ExtractorIdentity;
  /** What the samples are. */
  readonly dataId: string;
  /** N ≥ 2 */
  readonly numSamples: number;
  /** `[d]` */
  readonly mean: Float64Array;
  /** Unbiased (N − 1), `[d·d]`, symmetric. */
  readonly covariance: Float64Array;
}

export interface FeatureStatisticsOptions {
  readonly extractor: FeatureExtractor;
  /** What the samples are, for example `cifar-10/train`. */
  readonly dataId: string;
}

/**
 * Mean and covariance of the features of samples `[B, …N]`, each batch read once and not kept.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for an extractor that is none, `SHAPE` and `NON_FINITE` for what it gives, `INVALID_DATA` for
 * fewer than two samples.
 */
export async function featureStatistics(
  samples: AsyncIterable<States> | Iterable<States>,
  options: FeatureStatisticsOptions,
): Promise<FeatureStatistics> {
  assertExtractor('featureStatistics', options.extractor);
  const accumulator = featureAccumulator(options);
  for await (const { features } of featureBatches('featureStatistics', samples, options)) accumulator.add(features);
  return accumulator.statistics();
}
