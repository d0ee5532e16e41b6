import { assertInteger, D3pmError } from '@d3pm/core';

export interface InceptionScoreOptions {
  /** C */
  readonly numClasses: number;
  /** Parts of equal size, in the order of the samples; each has its own p(y). @defaultValue 10 */
  readonly splits?: number;
}

export interface InceptionScoreReport {
  /** In 1…C: the mean over splits. */
  readonly score: number;
  /** How far the score of other samples would lie, from the spread of KL(p(y | x) ‖ p(y)) over samples. */
  readonly standardError: number;
  /** Of each split. */
  readonly splitScores: Float64Array;
  /** Over splits, divided by their number, as is customary; 0 of one. */
  readonly standardDeviation: number;
  readonly warnings: readonly string[];
}

/** A row of probabilities from a float32 softmax sums to 1 better than this. */
const SUMS_TO_ONE = 1e-3;
/** Of a score. */
const NOTICEABLE_BIAS = 0.01;

/**
 * The inception score of Table 3 (Salimans et al., 2016), exp E KL(p(y | x) ‖ p(y)) with p(y) the mean over the samples of a split, 0 · log 0 = 0.
 *
 * Few samples make p(y) less even than it is, and the score too low, by a factor of about exp(−½ Σ_y Var p(y | x) / (n p(y))) at n samples a
 * split: more than 1 % is a warning. The standard error is of first order, SE = score · s(KL) / √n within a split.
 *
 * @param classLogProbs Natural logarithms of p(y | x), `[n·C]`; rows are normalised in float64.
 * @throws {D3pmError} `INVALID_OPTIONS`, `SHAPE` for a part of a row, `INVALID_DATA` for fewer than two samples a split, `NON_FINITE` for
 * NaN and `NOT_STOCHASTIC` for probabilities that do not sum to 1, both naming the sample.
 */
export function inceptionScore(
  classLogProbs: Float32Array | Float64Array,
  { numClasses, splits = 10 }: InceptionScoreOptions,
): InceptionScoreReport {
  assertInteger('inceptionScore', 'numClasses', numClasses, 2);
  assertInteger('inceptionScore', 'splits', splits, 1);
  const numSamples = classLogProbs.length / numClasses;
  if (!Number.isInteger(numSamples)) {
    throw new D3pmError('SHAPE', `inceptionScore: ${classLogProbs.length} log-probabilities are no whole rows of ${numClasses} classes`);
  }
  if (numSamples < 2 * splits) {
    throw new D3pmError(
      'INVALID_DATA',
      `inceptionScore: ${numSamples} samples in ${splits} splits, expected at least 2 in each; give more samples, or splits: 1`,
    );
  }
  const rows = Array.from({ length: numSamples }, (_, i) => normalized(classLogProbs.subarray(i * numClasses, (i + 1) * numClasses), i));
  const parts = Array.from({ length: splits }, (_, s) =>
    splitScore(rows.slice(Math.floor((s * numSamples) / splits), Math.floor(((s + 1) * numSamples) / splits))),
  );
  const splitScores = Float64Array.from(parts, ({ score }) => score);
  const score = splitScores.reduce((sum, value) => sum + value, 0) / splits;
  return {
    score,
    standardError: Math.sqrt(parts.reduce((sum, { variance }) => sum + variance, 0)) / splits,
    splitScores,
    standardDeviation: Math.sqrt(splitScores.reduce((sum, value) => sum + (value - score) ** 2, 0) / splits),
    warnings: warningsOf(Math.floor(numSamples / splits), numClasses, parts.reduce((sum, { bias }) => sum + bias, 0) / splits),
  };
}

/** Log-probabilities in float64 that sum to 1. */
function normalized(row: Float32Array | Float64Array, sample: number): Float64Array {
  const logs = Float64Array.from(row);
  const nan = logs.findIndex((value) => Number.isNaN(value));
  if (nan >= 0) throw new D3pmError('NON_FINITE', `inceptionScore: sample ${sample} has NaN for class ${nan}, expected a log-probability`);
  const total = logs.reduce((sum, value) => sum + Math.exp(value), 0);
  if (!(Math.abs(total - 1) <= SUMS_TO_ONE)) {
    throw new D3pmError(
      'NOT_STOCHASTIC',
      `inceptionScore: the probabilities of sample ${sample} sum to ${total}, expected 1; give natural logarithms of a softmax, not logits`,
    );
  }
  return logs.map((value) => value - Math.log(total));
}

interface SplitScore {
  readonly score: number;
  /** Of the score. */
  readonly variance: number;
  /** By which its logarithm is too low, to first order. */
  readonly bias: number;
}

function splitScore(rows: readonly Float64Array[]): SplitScore {
  const n = rows.length;
  const [marginal, squares] = [new Float64Array(rows[0]!.length), new Float64Array(rows[0]!.length)];
  for (const row of rows) {
    row.forEach((value, c) => {
      marginal[c]! += Math.exp(value) / n;
      squares[c]! += Math.exp(2 * value) / n;
    });
  }
  // A probability that underflows in every sample has a p(y) of 0 as well: it adds as little as an impossible class.
  const nats = rows.map((row) =>
    row.reduce((sum, value, c) => (Math.exp(value) === 0 ? sum : sum + Math.exp(value) * (value - Math.log(marginal[c]!))), 0),
  );
  const mean = Math.max(0, nats.reduce((sum, value) => sum + value, 0) / n);
  const spread = nats.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const score = Math.exp(mean);
  const bias = marginal.reduce((sum, p, c) => (p === 0 ? sum : sum + Math.max(0, squares[c]! - p ** 2) / (2 * (n - 1) * p)), 0);
  return { score, variance: (score ** 2 * spread) / n, bias };
}

function warningsOf(perSplit: number, numClasses: number, bias: number): readonly string[] {
  const fewer =
    perSplit < numClasses ? [`${perSplit} samples a split for ${numClasses} classes: p(y) is mostly noise; take more samples`] : [];
  if (bias <= NOTICEABLE_BIAS) return fewer;
  const percent = (100 * (1 - Math.exp(-bias))).toPrecision(2);
  return [...fewer, `${perSplit} samples a split make the score about ${percent} % too low; take more samples, or fewer splits`];
}
