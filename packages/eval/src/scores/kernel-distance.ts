import { assertInteger, D3pmError, quoted, type Rng } from '@d3pm/core';
import { assertSameExtractor } from './assert-extractor.ts';
import { assertFeatureSet, type FeatureSet } from './feature-set.ts';
import { kernelShift, kernelSums, scaledRows, type KernelSide, type KernelSums } from './kernel-sums.ts';
import { kernelVariance } from './kernel-variance.ts';

export interface KernelSubsetsOptions {
  /** Subsets drawn, at least 2. @defaultValue 100 */
  readonly count?: number;
  /** Samples of each set in one, without repetition. @defaultValue 1000 */
  readonly size?: number;
  readonly rng: Rng;
}

export interface KernelDistanceOptions {
  /** Also the customary mean over random subsets, for comparison with published numbers. */
  readonly subsets?: KernelSubsetsOptions;
}

/** The same estimate on random subsets, which share samples: their deviation is no error of anything. */
export interface KernelSubsetsReport {
  readonly count: number;
  readonly size: number;
  readonly mean: number;
  /** Over subsets, divided by their count, as is customary. */
  readonly standardDeviation: number;
}

export interface KernelReport {
  /** Unbiased, so it may be negative. */
  readonly distance: number;
  /** How far the distance of other samples of both laws would lie. */
  readonly standardError: number;
  readonly subsets?: KernelSubsetsReport;
}

/** Below this the variance has no degrees of freedom. */
const MIN_SAMPLES = 4;

/**
 * The kernel distance (Bińkowski et al., 2018: KID, when the features are those of Inception-v3): MMD² with k(x, y) = (xᵀy / d + 1)³ as a
 * U-statistic over all pairs of m and n samples, unbiased at any size,
 *
 *     Σ_{i≠j} k(x_i, x_j) / (m (m − 1)) + Σ_{i≠j} k(y_i, y_j) / (n (n − 1)) − 2 Σ_ij k(x_i, y_j) / (m n)
 *
 * Its standard error is that of both orders of the statistic (`kernelVariance`). Time grows as (m + n)² d, memory not beyond the features
 * in float64.
 *
 * @throws {D3pmError} `INVALID_DATA` for sets of different extractors, fewer than four samples, and features that are not finite;
 * `INVALID_OPTIONS` for subsets larger than a set.
 */
export async function kernelDistance(a: FeatureSet, b: FeatureSet, { subsets }: KernelDistanceOptions = {}): Promise<KernelReport> {
  assertSameExtractor('kernelDistance', a, b);
  const d = assertFeatureSet('kernelDistance', a, MIN_SAMPLES);
  if (assertFeatureSet('kernelDistance', b, MIN_SAMPLES) !== d) {
    throw new D3pmError(
      'INVALID_DATA',
      `kernelDistance: ${quoted(a.dataId)} has ${d} features, ${quoted(b.dataId)} ${b.features.length / b.numSamples}, of the same extractor; extract both again`,
    );
  }
  const [x, y] = [kernelSide(a, subsets, 'a'), kernelSide(b, subsets, 'b')];
  const shift = kernelShift(x, y);
  const within = [await kernelSums(x, x, shift), await kernelSums(y, y, shift)] as const;
  const across = await kernelSums(x, y, shift);
  const [m, n] = [a.numSamples, b.numSamples];
  const sum = ({ rowSums }: KernelSums): number => rowSums.reduce((total, row) => total + row, 0);
  return {
    distance: sum(within[0]) / (m * (m - 1)) + sum(within[1]) / (n * (n - 1)) - (2 * sum(across)) / (m * n),
    standardError: Math.sqrt(kernelVariance({ within, across })),
    ...(subsets && { subsets: subsetsReport(x.subsets[0]!.length, [within[0], within[1], across]) }),
  };
}

function kernelSide(set: FeatureSet, subsets: KernelSubsetsOptions | undefined, label: string): KernelSide {
  const rows = scaledRows(set);
  const { numSamples } = set;
  if (!subsets) return { rows, subsets: [] };
  const { count = 100, size = 1000, rng } = subsets;
  assertInteger('kernelDistance', 'subsets.count', count, 2);
  assertInteger('kernelDistance', 'subsets.size', size, 2, numSamples);
  const draw = (s: number): Int32Array => rng.split('kernel-subset', label, s).permutation(numSamples).subarray(0, size).toSorted();
  return { rows, subsets: Array.from({ length: count }, (_, s) => draw(s)) };
}

function subsetsReport(size: number, [xx, yy, xy]: readonly [KernelSums, KernelSums, KernelSums]): KernelSubsetsReport {
  const pairs = size * (size - 1);
  const distances = xx.subsetSums.map((sum, s) => (sum + yy.subsetSums[s]!) / pairs - (2 * xy.subsetSums[s]!) / size ** 2);
  const count = distances.length;
  const mean = distances.reduce((total, distance) => total + distance, 0) / count;
  const standardDeviation = Math.sqrt(distances.reduce((total, distance) => total + (distance - mean) ** 2, 0) / count);
  return { count, size, mean, standardDeviation };
}
