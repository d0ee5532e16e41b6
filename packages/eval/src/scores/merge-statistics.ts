import { assertComparable } from './assert-statistics.ts';
import type { FeatureStatistics } from './feature-statistics.ts';

export interface MergeStatisticsOptions {
  /** What both sets are together. @defaultValue the id that both have, else the two joined by `+` */
  readonly dataId?: string;
}

/**
 * The statistics of both sets together, to rounding what one pass over all samples gives:
 *
 *     μ = (n_a μ_a + n_b μ_b) / N,   (N − 1) Σ = (n_a − 1) Σ_a + (n_b − 1) Σ_b + n_a n_b / N · δ δᵀ,   δ = μ_b − μ_a
 *
 * @throws {D3pmError} `INVALID_DATA` for statistics of different extractors, or that are none.
 */
export function mergeStatistics(a: FeatureStatistics, b: FeatureStatistics, options: MergeStatisticsOptions = {}): FeatureStatistics {
  assertComparable('mergeStatistics', a, b);
  const { dataId = a.dataId === b.dataId ? a.dataId : `${a.dataId}+${b.dataId}` } = options;
  const d = a.mean.length;
  const numSamples = a.numSamples + b.numSamples;
  const difference = b.mean.map((value, i) => value - a.mean[i]!);
  const [weightA, weightB] = [(a.numSamples - 1) / (numSamples - 1), (b.numSamples - 1) / (numSamples - 1)];
  const between = (a.numSamples * b.numSamples) / numSamples / (numSamples - 1);
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const k = i * d + j;
      covariance[k] = weightA * a.covariance[k]! + weightB * b.covariance[k]! + between * difference[i]! * difference[j]!;
    }
  }
  const mean = a.mean.map((value, i) => value + (difference[i]! * b.numSamples) / numSamples);
  return { extractor: { id: a.extractor.id, checksum: a.extractor.checksum }, dataId, numSamples, mean, covariance };
}
