import type { FeatureName, ReferenceName, TableSize } from '../choices.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { WeightsFile } from '../features/weights-file.ts';

/** A number of the paper. */
export interface Published {
  readonly value: number;
  /** Over two seeds. */
  readonly spread?: number;
  /** To sample one example, on a TPU. */
  readonly sampleSeconds?: number;
  /** Of 50,000 images, with the features of Inception. */
  readonly inceptionScore?: number;
  readonly fid?: number;
}

export type ReverseName = 'mixture' | 'plug-in';

/** One row of a table: what is trained, and under which reverse processes it is evaluated. */
export interface TableRow {
  /** As in the command line and in folders. */
  readonly name: string;
  readonly title: string;
  /** Whether the paper has this row; the others are experiments beside it. */
  readonly isPublished: boolean;
  /** All but the seed. */
  readonly config: Omit<TrainConfig, 'seed'>;
  /** The first is that of the table. None for an autoregressive row, whose likelihood is exact. */
  readonly reverses: readonly ReverseName[];
  /** By the number of steps; 0 for the autoregressive row. */
  readonly published: Readonly<Record<number, Published>>;
}

export interface TableSizes {
  /** Held-out examples; absent, all. */
  readonly testExamples?: number;
  /** t's of each example in an estimate, besides the first step. */
  readonly stepsPerExample: number;
  /** How those are drawn. @defaultValue 'uniform' */
  readonly steps?: 'information' | 'uniform';
  /** Calls of an exact-count estimate for each example. */
  readonly draws: number;
  /** Examples whose full sum over all steps stands beside the estimate. */
  readonly fullSumExamples: number;
  readonly batchSize: number;
  /** Samples that are shown. */
  readonly samples: number;
  /** Samplings of one example that are timed. */
  readonly timings: number;
}

/** A table of the paper at one size, on one data set. */
export interface TableOf<K extends 'image' | 'text'> {
  readonly kind: K;
  readonly title: string;
  readonly size: TableSize;
  /** What the data is, and what it stands for. */
  readonly dataNote: string;
  /** Steps of the chains that are evaluated, the longest first. */
  readonly chains: readonly number[];
  readonly rows: readonly TableRow[];
  readonly sizes: TableSizes;
  /** How the numbers stand to those of the paper: a sentence. */
  readonly comparison: string;
  /** What differs from the paper, a sentence each. */
  readonly differences: readonly string[];
}

export interface TextTable extends TableOf<'text'> {
  readonly name: 'table-1' | 'table-2';
  readonly unit: 'bits/char' | 'perplexity per word';
  /** Orders of the n-gram models beside the rows. */
  readonly ngramOrders: readonly number[];
}

export interface ImageTable extends TableOf<'image'> {
  readonly name: 'table-3';
  readonly unit: 'bits/dim';
  /** What measures the samples; none: no scores. */
  readonly features: readonly Measure[];
  /** What samples are compared with; images of the other split are scored beside them. */
  readonly reference: ReferenceName;
  /** The weights of 'inception', a safetensors file. */
  readonly inception?: WeightsFile;
  /** Steps of the chain that samples of each row are drawn by. */
  readonly sampleSteps: number;
  /** Rows of which samples are also drawn by every step, as a check that few do. */
  readonly everyStep: readonly string[];
  /** Rows that Figure 3 shows. */
  readonly progressive: readonly string[];
}

export type Table = ImageTable | TextTable;

/** What samples are scored by. */
export interface Measure {
  readonly name: FeatureName;
  /** Images that they are compared with, at most. */
  readonly referenceExamples: number;
  /** Absent: all rows. */
  readonly rows?: readonly string[];
}
