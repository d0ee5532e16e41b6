export type { BoundConvention, BoundEstimator, BoundReport } from './bound-report.ts';
export { builtinMetrics } from './builtin-metrics.ts';
export { defineMetric, type MetricDefinition, type MetricValue, type SampleMeasure } from './define-metric.ts';
export type { Estimate } from './estimate.ts';
export { evaluateAutoregressive, type AutoregressiveReport, type EvaluateAutoregressiveOptions } from './evaluate-autoregressive.ts';
export { evaluateBound, type EvaluateBoundOptions } from './evaluate-bound.ts';
export {
  evaluateExactCount,
  evaluateExactCounts,
  type EvaluateExactCountOptions,
  type EvaluateExactCountsOptions,
} from './evaluate-exact-count.ts';
export { evaluateMetrics } from './evaluate-metrics.ts';
export type { BatchRange, EvaluationOptions, EvaluationProgress } from './evaluation-options.ts';
export { evenlySpaced, type EvenlySpacedOptions } from './evenly-spaced.ts';
export { histogramKl, type HistogramKlOptions } from './histogram-kl.ts';
export { perplexityEstimate, type CountedNats, type PerplexityEstimate } from './perplexity-estimate.ts';
export type { InceptionWeight, InceptionWeights } from './inception/assert-inception-weights.ts';
export { inceptionFeatures, type InceptionFeaturesOptions } from './inception/inception-features.ts';
export type { NetworkAnswer } from './network-answers.ts';
export { ngramModel, type NgramModel, type NgramOptions } from './ngram-model.ts';
export { createMetricRegistry, type AnyMetricPlugin, type MetricConfig, type MetricOptions, type MetricRegistry } from './registry.ts';
export type { FeatureExtractor, ExtractedFeatures, ExtractorIdentity } from './scores/feature-extractor.ts';
export { featureAccumulator, type FeatureAccumulator, type FeatureAccumulatorOptions } from './scores/feature-accumulator.ts';
export { featureSet, type FeatureSet } from './scores/feature-set.ts';
export { featureStatistics, type FeatureStatistics, type FeatureStatisticsOptions } from './scores/feature-statistics.ts';
export { fid, type FidOptions } from './scores/fid.ts';
export { frechetDistance, type FrechetReport } from './scores/frechet-distance.ts';
export { inceptionScore, type InceptionScoreOptions, type InceptionScoreReport } from './scores/inception-score.ts';
export { inceptionScoreMetric, type InceptionScoreMetricOptions } from './scores/inception-score-metric.ts';
export {
  kernelDistance,
  type KernelDistanceOptions,
  type KernelReport,
  type KernelSubsetsOptions,
  type KernelSubsetsReport,
} from './scores/kernel-distance.ts';
export { kernelDistanceDifference, type KernelDifferenceReport } from './scores/kernel-distance-difference.ts';
export { kid, type KidOptions } from './scores/kid.ts';
export { mergeStatistics, type MergeStatisticsOptions } from './scores/merge-statistics.ts';
export { scoreName, type ScoreMetric } from './scores/score-name.ts';
export { sharedExtractor } from './scores/shared-extractor.ts';
