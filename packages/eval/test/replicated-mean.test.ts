import { createRng, type Rng } from '@d3pm/core';
import { describe, expect, it } from 'vitest';
import type { Estimate } from '../src/estimate.ts';
import { replicatedMean } from '../src/replicated-mean.ts';

interface Setting {
  readonly numReplicates: number;
  /** Noise of the examples of one batch and replicate. */
  readonly noise: (batchSize: number, rng: Rng) => Float64Array;
}

const [numBatches, batchSize] = [6, 8];

/** Examples of mean 0 and variance 1, each estimated under noise. */
function run({ numReplicates, noise }: Setting, rng: Rng): Estimate {
  const mean = replicatedMean('test');
  for (let g = 0; g < numBatches; g++) {
    const batch = rng.split(g);
    const values = Float64Array.from({ length: batchSize }, (_, b) => batch.normal(b));
    mean.add(Array.from({ length: numReplicates }, (_, r) => noise(batchSize, batch.split(r)).map((error, b) => values[b]! + error)));
  }
  return mean.estimate(1);
}

const independent = (size: number, rng: Rng): Float64Array => Float64Array.from({ length: size }, (_, b) => 2 * rng.normal(b));
/** Neighbours cancel: the extreme of stratified draws. */
const cancelling = (size: number, rng: Rng): Float64Array =>
  independent(size, rng).map((_, b, all) => (b % 2 === 0 ? all[b]! : -all[b - 1]!));

function meanSquares(setting: Setting): { readonly standard: number; readonly monteCarlo: number; readonly actual: number } {
  const runs = Array.from({ length: 4000 }, (_, i) => run(setting, createRng(i)));
  const average = (of: (estimate: Estimate) => number): number => runs.reduce((sum, estimate) => sum + of(estimate) ** 2, 0) / runs.length;
  return {
    standard: average(({ standardErrorNats }) => standardErrorNats),
    monteCarlo: average(({ monteCarloErrorNats }) => monteCarloErrorNats ?? NaN),
    actual: average(({ nats }) => nats), // the truth is 0
  };
}

describe('replicatedMean', () => {
  const numExamples = numBatches * batchSize;
  // Each mean of 4,000 squares is known to about 3 %.
  const tolerance = 0.12;

  it('knows both errors of independent draws', () => {
    const { standard, monteCarlo, actual } = meanSquares({ numReplicates: 2, noise: independent });
    expect(Math.abs(monteCarlo / (4 / 2 / numExamples) - 1)).toBeLessThan(tolerance);
    expect(Math.abs(standard / ((1 + 4 / 2) / numExamples) - 1)).toBeLessThan(tolerance);
    expect(Math.abs(actual / standard - 1)).toBeLessThan(tolerance);
  });

  it('does not charge draws that cancel within a batch', () => {
    const { standard, monteCarlo, actual } = meanSquares({ numReplicates: 3, noise: cancelling });
    expect(monteCarlo).toBeLessThan(1e-25);
    // A variance component below 0 counts as 0, which lifts the mean a little.
    expect(Math.abs(standard / (1 / numExamples) - 1)).toBeLessThan(0.2);
    expect(Math.abs(actual / (1 / numExamples) - 1)).toBeLessThan(tolerance);
  });

  it('never says that examples do not differ because draws hide it', () => {
    const hidden: Setting = { numReplicates: 2, noise: (size, rng) => independent(size, rng).map((error) => 10 * error) };
    for (let i = 0; i < 200; i++) {
      const { standardErrorNats, monteCarloErrorNats } = run(hidden, createRng(i));
      expect(standardErrorNats).toBeGreaterThan(1.01 * monteCarloErrorNats!);
    }
  });

  it('with one replicate has the spread alone', () => {
    const { standard, monteCarlo, actual } = meanSquares({ numReplicates: 1, noise: independent });
    expect(monteCarlo).toBeNaN();
    expect(Math.abs(standard / (5 / numExamples) - 1)).toBeLessThan(tolerance);
    expect(Math.abs(actual / standard - 1)).toBeLessThan(tolerance);
  });

  it('of one example has no standard error', () => {
    const mean = replicatedMean('test');
    mean.add([Float64Array.of(2), Float64Array.of(4)]);
    const estimate = mean.estimate(4);
    expect(estimate).toMatchObject({ nats: 3, monteCarloErrorNats: 1, standardErrorNats: NaN });
    expect(estimate.bitsPerDimension).toBeCloseTo(3 / (4 * Math.LN2), 12);
  });

  it('stays infinite once it is, and names an example that is NaN', () => {
    const mean = replicatedMean('evaluate');
    mean.add([Float64Array.of(1, Infinity, 2)]);
    expect(mean.estimate(1)).toMatchObject({ nats: Infinity, standardErrorNats: NaN });
    expect(() => mean.add([Float64Array.of(0, NaN)])).toThrow(
      expect.objectContaining({ code: 'NON_FINITE', message: expect.stringContaining('example 4') as string }),
    );
  });
});
