import type { MetricReport } from '@d3pm/core';
import type { BoundReport, PerplexityEstimate } from '@d3pm/eval';

/** An estimate as it stands in result files: bits per position, and nats per example. */
export interface EstimateRecord {
  readonly nats: number;
  readonly bits: number;
  /** To other examples of the same source. */
  readonly standardErrorBits: number;
  /** To another run on the same examples; null where it cannot be told. */
  readonly monteCarloErrorBits: number | null;
}

/** A bound, its parts apart, with its convention. */
export interface BoundRecord {
  readonly total: EstimateRecord;
  readonly prior: EstimateRecord;
  readonly diffusion: EstimateRecord;
  readonly reconstruction: EstimateRecord;
  readonly numExamples: number;
  readonly positions: number;
  /** Where the data counts words. */
  readonly perWord?: PerplexityEstimate | undefined;
  readonly networkCalls: number;
  readonly convention: BoundReport['convention'];
}

/** An exact negative log-likelihood. */
export interface ExactRecord {
  readonly total: EstimateRecord;
  readonly numExamples: number;
  readonly positions: number;
  readonly perWord?: PerplexityEstimate | undefined;
  readonly networkCalls: number;
}

/** Sampling one example at a time. */
export interface SamplingRecord {
  /** Of the chain; the number of positions for an autoregressive row. */
  readonly steps: number;
  readonly sampler: string;
  readonly secondsPerExample: readonly number[];
  readonly networkCallsPerExample: readonly number[];
}

export interface TextsRecord {
  readonly samples: readonly string[];
  readonly completions: readonly { readonly original: string; readonly corrupted: string; readonly completed: string }[];
}

/** uint8 images `[n, height, width, channels]` in base64, of levels 0…K − 1. */
export interface ImagesData {
  readonly shape: readonly number[];
  readonly numStates: number;
  readonly base64: string;
}

export interface ImagesRecord {
  readonly steps: number;
  readonly sampler: string;
  readonly numSamples: number;
  readonly networkCalls: number;
  readonly seconds: number;
  /** All of them, an IDX file in the folder of the row that is not kept with the results; its SHA-256. */
  readonly file: string;
  readonly sha256: string;
  /** The first of them. */
  readonly shown: ImagesData;
}

export interface ScoresRecord {
  readonly steps: number;
  readonly numSamples: number;
  /** Of the data beside them. */
  readonly reference: string;
  readonly extractor: { readonly id: string; readonly checksum: string };
  readonly reports: readonly MetricReport[];
}

/** The kernel distance of the samples of one chain less that of another, which begin at the same noise. */
export interface DifferenceRecord {
  readonly steps: number;
  readonly lessSteps: number;
  /** Pairs. */
  readonly numSamples: number;
  readonly reference: string;
  readonly extractor: ScoresRecord['extractor'];
  /** Of the score. */
  readonly name: string;
  /** MMD² */
  readonly difference: number;
  readonly standardError: number;
}

export interface ProgressRecord {
  /** T first, 0 last. */
  readonly steps: readonly number[];
  /** x_t of the same images at each of them. */
  readonly frames: readonly ImagesData[];
}

/** How a row was trained. */
export interface TrainingRecord {
  readonly updates: number;
  /** Bits per dimension of some held-out examples, estimated during training. */
  readonly bounds: readonly { readonly step: number; readonly bits: number; readonly standardError: number }[];
  readonly parameters?: number;
  /** Median, without evaluations. */
  readonly secondsPerUpdate?: number;
  readonly engine?: string;
  /** Of the program, in order: a run may be of several parts. */
  readonly commits: readonly string[];
}

/** What the pieces of each kind are. */
export interface PieceValues {
  readonly training: TrainingRecord;
  readonly bound: BoundRecord;
  readonly check: BoundRecord;
  readonly full: BoundRecord;
  readonly exact: ExactRecord;
  readonly sampling: SamplingRecord;
  readonly texts: TextsRecord;
  readonly images: ImagesRecord;
  readonly scores: ScoresRecord;
  readonly difference: DifferenceRecord;
  readonly progress: ProgressRecord;
}

export type PieceValue = PieceValues[keyof PieceValues];

/** How a piece was made: it stands in each result file. */
export interface PieceProvenance {
  readonly command: string;
  readonly commit?: string;
  readonly engine: string;
  readonly hardware: string;
  readonly node: string;
  readonly seconds: number;
}

export interface Piece<V extends PieceValue = PieceValue> {
  readonly value: V;
  readonly provenance: PieceProvenance;
}
