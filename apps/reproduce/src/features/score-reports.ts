import type { MetricReport } from '@d3pm/core';
import { featureAccumulator, inceptionScore, kernelDistance, scoreName, type FeatureExtractor, type FeatureSet } from '@d3pm/eval';
import { frechetDistanceInWorker } from '@d3pm/eval/node';

/** What a network said of samples. */
export interface ScoredSamples extends FeatureSet {
  /** `[n·C]`; absent where the network knows no classes. */
  readonly classLogProbs?: Float32Array;
}

export interface ScoreReportsOptions {
  readonly extractor: Pick<FeatureExtractor, 'checksum' | 'id' | 'numClasses' | 'numFeatures'>;
  /** What the samples are compared with. */
  readonly data: FeatureSet;
}

/** With fewer samples the parts of the customary ten would be too small, and the score of each too low. */
const SAMPLES_FOR_TEN_PARTS = 50_000;

/**
 * IS where the network knows classes, KID and FID, of features that are there already: the same numbers as by the metrics of `@d3pm/eval` on the
 * samples themselves.
 */
export async function scoreReports(samples: ScoredSamples, { extractor, data }: ScoreReportsOptions): Promise<readonly MetricReport[]> {
  const { numSamples, classLogProbs } = samples;
  const kernel = await kernelDistance(samples, data);
  const [a, b] = [samples, data].map(({ features, dataId }) => {
    const accumulator = featureAccumulator({ extractor, dataId });
    accumulator.add(features);
    return accumulator.statistics();
  });
  const frechet = await frechetDistanceInWorker(a!, b!);
  const reports: MetricReport[] = [
    { name: scoreName('kid', extractor), value: kernel.distance, unit: 'MMD²', standardError: kernel.standardError, numSamples },
    { name: scoreName('fid', extractor), value: frechet.distance, unit: 'squared feature units', warnings: frechet.warnings, numSamples },
  ];
  if (classLogProbs === undefined || extractor.numClasses === undefined) return reports;
  const splits = numSamples >= SAMPLES_FOR_TEN_PARTS ? 10 : 1;
  const { score, standardError, warnings } = inceptionScore(classLogProbs, { numClasses: extractor.numClasses, splits });
  return [
    { name: scoreName('inception-score', extractor), value: score, unit: 'classes', standardError, warnings, numSamples },
    ...reports,
  ];
}
