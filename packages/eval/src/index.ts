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
export type { EvaluationOptions, EvaluationProgress } from './evaluation-options.ts';
export { histogramKl, type HistogramKlOptions } from './histogram-kl.ts';
export { ngramModel, type NgramModel, type NgramOptions } from './ngram-model.ts';
export { createMetricRegistry, type AnyMetricPlugin, type MetricConfig, type MetricOptions, type MetricRegistry } from './registry.ts';
