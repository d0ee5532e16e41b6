import type { BoundReport } from '@d3pm/eval';

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
  /** Words of an example on average, where the data counts words. */
  readonly wordsPerExample?: number;
  readonly networkCalls: number;
  readonly convention: BoundReport['convention'];
}

/** An exact negative log-likelihood. */
export interface ExactRecord {
  readonly total: EstimateRecord;
  readonly numExamples: number;
  readonly positions: number;
  readonly wordsPerExample?: number;
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

/** What the pieces of each kind are. */
export interface PieceValues {
  readonly bound: BoundRecord;
  readonly check: BoundRecord;
  readonly full: BoundRecord;
  readonly exact: ExactRecord;
  readonly sampling: SamplingRecord;
  readonly texts: TextsRecord;
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
