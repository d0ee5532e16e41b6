import { D3pmError, quoted } from '@d3pm/core';
import { assertSameExtractor } from './assert-extractor.ts';
import { assertFeatureSet, type FeatureSet } from './feature-set.ts';
import { kernelShift, kernelSums, scaledRows, type KernelSide } from './kernel-sums.ts';

export interface KernelDifferenceReport {
  /** Below 0 where the first samples are nearer to the reference. */
  readonly difference: number;
  /** How far the difference of other pairs and of another reference would lie. */
  readonly standardError: number;
}

/** Those that are left when one is taken out must make a pair. */
const MIN_SAMPLES = 3;

/**
 * KID(a, reference) − KID(b, reference) of samples that come in pairs: sample i of both has something in common, as the noise that two samplers
 * begin at. Unbiased, for no kernel is taken between a and b,
 *
 *     Σ_{i≠j} (k(a_i, a_j) − k(b_i, b_j)) / (n (n − 1)) − 2 Σ_ij (k(a_i, z_j) − k(b_i, z_j)) / (n m)
 *
 * with the kernel of `kernelDistance`. The reference is the same, so that its part in the error all but cancels, as does that of pairs which are alike.
 * The error is that of the jackknife over pairs and over the reference, which on average is not too small (Efron and Stein, 1981).
 * Time grows as (n + m) n d, memory not beyond the features in float64.
 *
 * @throws {D3pmError} `INVALID_DATA` for sets of different extractors, sets a and b of different sizes, fewer than three samples, and features
 * that are not finite.
 */
export async function kernelDistanceDifference(a: FeatureSet, b: FeatureSet, reference: FeatureSet): Promise<KernelDifferenceReport> {
  const caller = 'kernelDistanceDifference';
  for (const other of [b, reference]) assertSameExtractor(caller, a, other);
  const lengths = [a, b, reference].map((set) => assertFeatureSet(caller, set, MIN_SAMPLES));
  if (new Set(lengths).size > 1) {
    throw new D3pmError('INVALID_DATA', `${caller}: sets have ${lengths.join(', ')} features, of the same extractor; extract them again`);
  }
  if (a.numSamples !== b.numSamples) {
    throw new D3pmError(
      'INVALID_DATA',
      `${caller}: ${quoted(a.dataId)} has ${a.numSamples} samples, ${quoted(b.dataId)} ${b.numSamples}, expected pairs; take as many of both`,
    );
  }
  const side = (set: FeatureSet): KernelSide => ({ rows: scaledRows(set), subsets: [] });
  const [x, y, z] = [side(a), side(b), side(reference)];
  const shift = kernelShift(x, z);
  const [xx, yy] = [await kernelSums(x, x, shift), await kernelSums(y, y, shift)];
  const [xz, yz] = [await kernelSums(x, z, shift), await kernelSums(y, z, shift)];
  const [n, m] = [a.numSamples, reference.numSamples];
  const within = xx.rowSums.map((sum, i) => sum - yy.rowSums[i]!);
  const across = xz.rowSums.map((sum, i) => sum - yz.rowSums[i]!);
  const acrossColumns = xz.columnSums.map((sum, j) => sum - yz.columnSums[j]!);
  const [allWithin, allAcross] = [total(within), total(across)];
  const difference = allWithin / (n * (n - 1)) - (2 * allAcross) / (n * m);
  const withoutPair = within.map((sum, i) => (allWithin - 2 * sum) / ((n - 1) * (n - 2)) - (2 * (allAcross - across[i]!)) / ((n - 1) * m));
  const withoutReference = acrossColumns.map((sum) => allWithin / (n * (n - 1)) - (2 * (allAcross - sum)) / (n * (m - 1)));
  return { difference, standardError: Math.sqrt(jackknifeVariance(withoutPair) + jackknifeVariance(withoutReference)) };
}

/** Of an estimate, from what it is without each of its samples. */
function jackknifeVariance(without: Float64Array): number {
  const n = without.length;
  const mean = total(without) / n;
  return ((n - 1) / n) * without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
