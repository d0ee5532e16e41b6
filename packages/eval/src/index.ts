export type { BoundConvention, BoundEstimator, BoundReport } from './bound-report.ts';
export type { Estimate } from './estimate.ts';
export { evaluateBound, type EvaluateBoundOptions } from './evaluate-bound.ts';
export {
  evaluateExactCount,
  evaluateExactCounts,
  type EvaluateExactCountOptions,
  type EvaluateExactCountsOptions,
} from './evaluate-exact-count.ts';
export type { EvaluationOptions, EvaluationProgress } from './evaluation-options.ts';
export { ngramModel, type NgramModel, type NgramOptions } from './ngram-model.ts';
