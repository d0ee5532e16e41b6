import { D3pmError } from '@d3pm/core';
import { estimateOf, type Estimate } from './estimate.ts';

/** Collects one number per example and replicate, batch by batch, in constant memory. */
export interface ReplicatedMean {
  /** One batch: `[R][B]`, R independent replicates of each example's value, in nats. */
  add(replicates: readonly Float64Array[]): void;
  estimate(positions: number): Estimate;
}

/**
 * The mean of y over examples, where each y_i is estimated by R replicates. Within a replicate the
 * examples of a batch may depend on each other (stratified draws); replicates and batches do not.
 *
 * - Given the examples: Var = N⁻² Σ_batches s²(replicate sums of the batch) / R.
 * - Over examples: the spread of their means, less what replicates alone explain of it, over N,
 *   plus the above. A spread of N is known to √(2/N) of itself; less than that is not taken for 0.
 *   With R = 1 the spread itself, over N: right for independent draws, too large for stratified ones.
 *
 * @param name What is averaged, for errors.
 */
export function replicatedMean(name: string): ReplicatedMean {
  let numExamples = 0;
  let numReplicates = 0;
  let mean = 0;
  let squares = 0; // Σ (example mean − mean)²
  let withinExamples = 0; // Σ_i s²(replicates of example i)
  let withinBatches = 0; // Σ_g s²(replicate sums of batch g) / R
  return {
    add: (replicates) => {
      numReplicates = replicates.length;
      const sums = replicates.map((values) => values.reduce((sum, value) => sum + value, 0));
      withinBatches += variance(sums) / numReplicates;
      for (let b = 0; b < replicates[0]!.length; b++) {
        const values = replicates.map((replicate) => replicate[b]!);
        const average = values.reduce((sum, value) => sum + value, 0) / numReplicates;
        if (Number.isNaN(average)) {
          throw new D3pmError(
            'NON_FINITE',
            `${name}: example ${numExamples} gives NaN; check the denoiser's logits for NaN and infinities`,
          );
        }
        withinExamples += variance(values);
        numExamples += 1;
        if (average === Infinity || mean === Infinity) {
          mean = Infinity;
          continue;
        }
        const delta = average - mean;
        mean += delta / numExamples;
        squares += delta * (average - mean);
      }
    },
    estimate: (positions) => {
      if (mean === Infinity) return estimateOf({ nats: Infinity, standardErrorNats: NaN, monteCarloErrorNats: undefined }, positions);
      const spread = numExamples > 1 ? squares / (numExamples - 1) : NaN;
      if (numReplicates === 1) {
        return estimateOf({ nats: mean, standardErrorNats: Math.sqrt(spread / numExamples), monteCarloErrorNats: undefined }, positions);
      }
      const monteCarlo = withinBatches / numExamples ** 2;
      const resolution = spread * Math.sqrt(2 / numExamples);
      const overExamples = Math.max(resolution, spread - withinExamples / numExamples / numReplicates) / numExamples;
      return estimateOf(
        { nats: mean, standardErrorNats: Math.sqrt(overExamples + monteCarlo), monteCarloErrorNats: Math.sqrt(monteCarlo) },
        positions,
      );
    },
  };
}

/** The unbiased variance; 0 of a single value, which says nothing. */
function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
