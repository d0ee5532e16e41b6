import { D3pmError, quoted, type States } from '@d3pm/core';
import { featureBatches } from './feature-batches.ts';
import type { ExtractorIdentity } from './feature-extractor.ts';
import type { FeatureStatisticsOptions } from './feature-statistics.ts';

/** The features themselves, for scores that compare samples with samples. */
export interface FeatureSet {
  readonly extractor: ExtractorIdentity;
  /** What the samples are. */
  readonly dataId: string;
  readonly numSamples: number;
  /** `[numSamples·d]`, row-major. */
  readonly features: Float32Array;
}

/**
 * The features of all samples `[B, …N]`, 4 d bytes each.
 *
 * @throws {D3pmError} as `featureStatistics`; of no sample there is an empty set.
 */
export async function featureSet(
  samples: AsyncIterable<States> | Iterable<States>,
  options: FeatureStatisticsOptions,
): Promise<FeatureSet> {
  const batches: Float32Array[] = [];
  let numSamples = 0;
  for await (const batch of featureBatches('featureSet', samples, options)) {
    batches.push(batch.features);
    numSamples += batch.numSamples;
  }
  const { extractor, dataId } = options;
  return { extractor: { id: extractor.id, checksum: extractor.checksum }, dataId, numSamples, features: joined(batches) };
}

/** The rows of all batches, one after the other. */
export function joined(batches: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(batches.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const batch of batches) {
    all.set(batch, offset);
    offset += batch.length;
  }
  return all;
}

/** Throws `INVALID_DATA` unless the set has at least `min` samples, all of whose features are finite numbers. @returns d */
export function assertFeatureSet(caller: string, { dataId, numSamples, features }: FeatureSet, min: number): number {
  const refuse = (problem: string): never => {
    throw new D3pmError('INVALID_DATA', `${caller}: ${quoted(dataId)} ${problem}`);
  };
  if (!Number.isInteger(numSamples) || numSamples < min) refuse(`has ${numSamples} samples, expected at least ${min}`);
  const d = features.length / numSamples;
  if (!Number.isInteger(d) || d === 0) refuse(`has ${features.length} features of ${numSamples} samples, expected a multiple`);
  const bad = features.findIndex((feature) => !Number.isFinite(feature));
  if (bad >= 0) refuse(`has ${features[bad]} as feature ${bad % d} of sample ${Math.floor(bad / d)}, expected a finite number`);
  return d;
}
