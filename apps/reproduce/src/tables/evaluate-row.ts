import { mixture, plugIn, type Dataset, type ReverseProcess, type Rng } from '@d3pm/core';
import {
  evaluateAutoregressive,
  evaluateBound,
  evaluateExactCount,
  type BoundReport,
  type Estimate,
  type EvaluationProgress,
} from '@d3pm/eval';
import { reverseOf, type Training } from '../train/build-training.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { perWordOf } from './per-word.ts';
import type { BoundRecord, EstimateRecord, ExactRecord } from './row-results.ts';
import type { ReverseName, TableSizes } from './table.ts';

export interface EvaluateRowInput {
  readonly training: Training;
  readonly config: TrainConfig;
  readonly test: Dataset;
  readonly sizes: TableSizes;
  readonly rng: Rng;
  readonly onProgress: (progress: EvaluationProgress) => void;
}

/** The process that the row trains, with its first step, where it is the one; else that of the name. */
function reverseNamed(name: ReverseName, config: TrainConfig): ReverseProcess<'denoiser'> {
  const trained = reverseOf(config);
  if (trained.name === name) return trained;
  return name === 'mixture' ? mixture() : plugIn();
}

export interface EstimateOptions {
  readonly reverse: ReverseName;
  readonly numSteps: number;
  /** @defaultValue those of the table */
  readonly maxExamples?: number | undefined;
  /** @defaultValue two; of exact counts the draws of the table */
  readonly replicates?: number | undefined;
}

/** Replicates of an estimate that is held against its full sum: of two its error would hardly be known. */
export const checkReplicates = ({ draws }: TableSizes): number => 2 * draws;

/** Draws of each step of a full sum: of a short chain several, so that its chance is below that of the estimate. */
export const fullSumReplicates = ({ draws }: TableSizes, numSteps: number): number =>
  Math.max(1, Math.min(draws, Math.floor(512 / numSteps)));

/**
 * The bound of n of the T steps on the held-out examples: by exact counts where the process absorbs, else L_0 and stratified steps.
 */
export async function estimateBound(
  { training: { transition, model, informationLaw }, config, test, sizes, rng, onProgress }: EvaluateRowInput,
  { reverse, numSteps, maxExamples = sizes.testExamples, replicates }: EstimateOptions,
): Promise<BoundRecord> {
  const { stepsPerExample, draws, batchSize } = sizes;
  const common = {
    transition,
    denoiser: model,
    reverse: reverseNamed(reverse, config),
    data: test,
    batchSize,
    numSteps,
    rng,
    onProgress,
    ...(maxExamples !== undefined && { maxExamples }),
  };
  return boundRecord(
    test,
    transition.absorbing && transition.extraMask !== undefined
      ? await evaluateExactCount({ ...common, replicates: replicates ?? draws })
      : await evaluateBound({
          ...common,
          stepsPerExample,
          ...(sizes.steps === 'information' && { stepLaw: informationLaw() }),
          ...(replicates !== undefined && { replicates }),
        }),
  );
}

/** The full sum over the steps of the chain, on a few examples: what the estimate must agree with. */
export async function fullSumBound(
  { training: { transition, model }, config, test, sizes, rng, onProgress }: EvaluateRowInput,
  { reverse, numSteps }: { readonly reverse: ReverseName; readonly numSteps: number },
): Promise<BoundRecord> {
  return boundRecord(
    test,
    await evaluateBound({
      transition,
      denoiser: model,
      reverse: reverseNamed(reverse, config),
      data: test,
      batchSize: sizes.batchSize,
      maxExamples: sizes.fullSumExamples,
      numSteps,
      replicates: fullSumReplicates(sizes, numSteps),
      rng,
      onProgress,
    }),
  );
}

export async function exactNll({
  training: { transition, model },
  test,
  sizes: { batchSize, testExamples },
  rng,
  onProgress,
}: EvaluateRowInput): Promise<ExactRecord> {
  const report = await evaluateAutoregressive({
    transition,
    denoiser: model,
    data: test,
    batchSize,
    rng,
    onProgress,
    ...(testExamples !== undefined && { maxExamples: testExamples }),
  });
  const { total, numExamples, positions, networkCalls } = report;
  return { total: estimateRecord(total), numExamples, positions, perWord: perWordOf(test, report.exampleNats), networkCalls };
}

function boundRecord(test: Dataset, report: BoundReport): BoundRecord {
  const { total, prior, diffusion, reconstruction, numExamples, positions, networkCalls, convention } = report;
  return {
    total: estimateRecord(total),
    prior: estimateRecord(prior),
    diffusion: estimateRecord(diffusion),
    reconstruction: estimateRecord(reconstruction),
    numExamples,
    positions,
    perWord: perWordOf(test, report.exampleNats),
    networkCalls,
    convention,
  };
}

function estimateRecord({
  nats,
  bitsPerDimension,
  standardErrorBitsPerDimension,
  monteCarloErrorBitsPerDimension,
}: Estimate): EstimateRecord {
  return {
    nats,
    bits: bitsPerDimension,
    standardErrorBits: standardErrorBitsPerDimension,
    monteCarloErrorBits: monteCarloErrorBitsPerDimension ?? null,
  };
}
