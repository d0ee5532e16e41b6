import { D3pmError, quoted } from '@d3pm/core';
import { assertSameExtractor } from './assert-extractor.ts';
import type { FeatureStatistics } from './feature-statistics.ts';

/** Rounding of a covariance, relative to its largest variance. */
const SYMMETRIC_TO = 1e-6;

/** Throws `INVALID_DATA` unless both are statistics, of one extractor and as many features. */
export function assertComparable(caller: string, a: FeatureStatistics, b: FeatureStatistics): void {
  assertSameExtractor(caller, a, b);
  assertStatistics(caller, a);
  assertStatistics(caller, b);
  if (a.mean.length !== b.mean.length) {
    throw new D3pmError(
      'INVALID_DATA',
      `${caller}: ${quoted(a.dataId)} has ${a.mean.length} features, ${quoted(b.dataId)} has ${b.mean.length}, of the same extractor; make both again`,
    );
  }
}

/** Throws `INVALID_DATA` unless sizes fit, every number is finite, and the covariance is symmetric. */
export function assertStatistics(caller: string, { dataId, numSamples, mean, covariance }: FeatureStatistics): void {
  const d = mean.length;
  const refuse = (problem: string): never => {
    throw new D3pmError('INVALID_DATA', `${caller}: statistics of ${quoted(dataId)} ${problem}; make them again with featureStatistics`);
  };
  if (!Number.isInteger(numSamples) || numSamples < 2) refuse(`are of ${numSamples} samples, expected at least 2`);
  if (d === 0 || covariance.length !== d * d)
    refuse(`have a mean of ${d} and a covariance of ${covariance.length} numbers, expected d and d²`);
  const badMean = mean.findIndex((value) => !Number.isFinite(value));
  if (badMean >= 0) refuse(`have ${mean[badMean]} as mean of feature ${badMean}`);
  const badEntry = covariance.findIndex((value) => !Number.isFinite(value));
  if (badEntry >= 0) refuse(`have ${covariance[badEntry]} as covariance of features ${Math.floor(badEntry / d)} and ${badEntry % d}`);
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, Math.abs(covariance[i * d + i]!));
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      if (Math.abs(covariance[i * d + j]! - covariance[j * d + i]!) > SYMMETRIC_TO * largest) {
        refuse(`are no covariance: entries (${i}, ${j}) and (${j}, ${i}) are ${covariance[i * d + j]} and ${covariance[j * d + i]}`);
      }
    }
  }
}
