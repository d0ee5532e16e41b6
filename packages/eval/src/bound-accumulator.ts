import type { BoundReport } from './bound-report.ts';
import { replicatedMean } from './replicated-mean.ts';

/** One replicate of a batch: nats per example, float64 `[B]` each. */
export interface BatchTerms {
  readonly diffusion: Float64Array;
  readonly reconstruction: Float64Array;
}

/** The parts of a bound, averaged over batches. */
export interface BoundAccumulator {
  /** L_T of a batch, and its replicates of the other terms. */
  add(prior: Float64Array, replicates: readonly BatchTerms[]): void;
  report(
    positions: number,
  ): Pick<BoundReport, 'diffusion' | 'exampleNats' | 'numExamples' | 'positions' | 'prior' | 'reconstruction' | 'total'>;
}

export function boundAccumulator(caller: string): BoundAccumulator {
  const total = replicatedMean(caller);
  const priorMean = replicatedMean(`${caller} (L_T)`);
  const diffusionMean = replicatedMean(`${caller} (L_{t−1})`);
  const reconstructionMean = replicatedMean(`${caller} (L_0)`);
  const exampleNats: number[] = [];
  return {
    add: (prior, replicates) => {
      priorMean.add(replicates.map(() => prior));
      diffusionMean.add(replicates.map(({ diffusion }) => diffusion));
      reconstructionMean.add(replicates.map(({ reconstruction }) => reconstruction));
      const totals = replicates.map(({ diffusion, reconstruction }) => prior.map((nats, b) => nats + diffusion[b]! + reconstruction[b]!));
      total.add(totals);
      for (let b = 0; b < prior.length; b++) exampleNats.push(totals.reduce((sum, nats) => sum + nats[b]!, 0) / totals.length);
    },
    report: (positions) => ({
      total: total.estimate(positions),
      prior: { ...priorMean.estimate(positions), monteCarloErrorNats: 0, monteCarloErrorBitsPerDimension: 0 },
      diffusion: diffusionMean.estimate(positions),
      reconstruction: reconstructionMean.estimate(positions),
      exampleNats: Float64Array.from(exampleNats),
      numExamples: exampleNats.length,
      positions,
    }),
  };
}
