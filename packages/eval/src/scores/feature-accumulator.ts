import { D3pmError, quoted } from '@d3pm/core';
import type { ExtractorIdentity } from './feature-extractor.ts';
import type { FeatureStatistics } from './feature-statistics.ts';
import { addUpperRowProducts, mirrorUpper } from './row-products.ts';

export interface FeatureAccumulatorOptions {
  readonly extractor: ExtractorIdentity & { readonly numFeatures: number };
  /** What the samples are, for example `cifar-10/train`: stored in the statistics. */
  readonly dataId: string;
}

/** Mean and covariance of features, row by row, in memory of 2 d² numbers. */
export interface FeatureAccumulator {
  /** Rows `[B·d]`, not kept. @throws {D3pmError} `SHAPE` for a part of a row, `NON_FINITE` naming the sample. */
  add(features: Float32Array | Float64Array): void;
  /** Of the rows so far; more may follow. @throws {D3pmError} `INVALID_DATA` for fewer than two. */
  statistics(): FeatureStatistics;
}

const BLOCK = 256;

/**
 * Accumulates a block of up to 256 rows at a time: with x̄ the mean of the m rows of a block, and n rows before it of mean μ,
 *
 *     S ← S + Σ (x − x̄)(x − x̄)ᵀ + n m / (n + m) · (x̄ − μ)(x̄ − μ)ᵀ,   Σ̂ = S / (N − 1)
 *
 * so that no square of an offset is ever summed (Chan, Golub and LeVeque, 1979). Rows are gathered before they are merged: the size of
 * batches changes no digit of the first statistics.
 */
export function featureAccumulator({ extractor, dataId }: FeatureAccumulatorOptions): FeatureAccumulator {
  const { id, checksum, numFeatures: d } = extractor;
  const mean = new Float64Array(d);
  const scatter = new Float64Array(d * d); // above the diagonal
  const block = new Float64Array(BLOCK * d);
  let [merged, waiting] = [0, 0];

  const mergeBlock = (): void => {
    if (waiting === 0) return;
    const length = waiting + 1;
    const columns = new Float64Array(d * length);
    const weight = Math.sqrt((merged * waiting) / (merged + waiting));
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let b = 0; b < waiting; b++) sum += block[b * d + j]!;
      const center = sum / waiting;
      for (let b = 0; b < waiting; b++) columns[j * length + b] = block[b * d + j]! - center;
      columns[j * length + waiting] = weight * (center - mean[j]!);
      mean[j]! += ((center - mean[j]!) * waiting) / (merged + waiting);
    }
    addUpperRowProducts(scatter, { values: columns, count: d, length });
    merged += waiting;
    waiting = 0;
  };

  return {
    add: (features) => {
      if (features.length % d !== 0) {
        throw new D3pmError(
          'SHAPE',
          `featureAccumulator: ${features.length} features of ${quoted(dataId)} are no whole rows, expected a multiple of ${d}`,
        );
      }
      const bad = features.findIndex((feature) => !Number.isFinite(feature));
      if (bad >= 0) {
        throw new D3pmError(
          'NON_FINITE',
          `featureAccumulator: sample ${merged + waiting + Math.floor(bad / d)} of ${quoted(dataId)} has feature ${bad % d} ${features[bad]}, expected a finite number`,
        );
      }
      for (let start = 0; start < features.length; start += d) {
        block.set(features.subarray(start, start + d), waiting * d);
        waiting += 1;
        if (waiting === BLOCK) mergeBlock();
      }
    },
    statistics: () => {
      const numSamples = merged + waiting;
      if (numSamples < 2) {
        throw new D3pmError(
          'INVALID_DATA',
          `featureAccumulator: ${quoted(dataId)} has ${numSamples} samples, expected at least 2: fewer have no covariance`,
        );
      }
      mergeBlock();
      const covariance = scatter.map((sum) => sum / (numSamples - 1));
      mirrorUpper(covariance, d);
      return { extractor: { id, checksum }, dataId, numSamples, mean: mean.slice(), covariance };
    },
  };
}
