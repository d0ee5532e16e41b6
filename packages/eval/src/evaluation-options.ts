import { assertInteger, type Dataset, type Denoiser, type Prediction, type ReverseProcess, type Rng, type States } from '@d3pm/core';
import type { NetworkAnswer } from './network-answers.ts';

/** Batches by their numbers, from 0. */
export interface BatchRange {
  readonly from: number;
  /** The first that is not in it. */
  readonly to: number;
}

/** What every evaluation of a bound takes. */
export interface EvaluationOptions<P extends Prediction> {
  /** Its prediction is the one that `reverse` reads: another one does not compile. */
  readonly denoiser: Denoiser<NoInfer<P>>;
  readonly reverse: ReverseProcess<P>;
  /** A split of a data set, or batches `[B, …N]` one after another. */
  readonly data: AsyncIterable<States> | Dataset | Iterable<States>;
  /** Examples a batch, of a data set; batches that are given stay as they are. @defaultValue 32 */
  readonly batchSize?: number;
  /** At most so many examples of a data set, evenly spaced over it. @defaultValue all */
  readonly maxExamples?: number;
  readonly rng: Rng;
  /**
   * Batches `from` … `to − 1` of a data set, and no others: the part of one process of several. The report is then of their examples alone;
   * that of all parts is made from their `onAnswer`. @defaultValue all
   */
  readonly batchRange?: BatchRange;
  /** Told of each answer of the network, nats of a term for each example of the batch, float64 `[B]`, in the order of the calls. */
  readonly onAnswer?: (nats: NetworkAnswer) => void;
  /**
   * What `onAnswer` was told by parts that together are this evaluation, one part after the other: the report is, to the bit, that of an
   * evaluation of all batches at once, and the network is not called.
   */
  readonly answers?: Iterable<NetworkAnswer>;
  /** Called after each call of the network. Throwing from it ends the evaluation. */
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

export interface EvaluationProgress {
  readonly networkCalls: number;
  /** Undefined when the data do not say how many batches they have. */
  readonly totalNetworkCalls: number | undefined;
  /** Examples that are finished. */
  readonly numExamples: number;
}

/** The replicates, an integer ≥ 1. */
export function checkedReplicates(caller: string, replicates: number): number {
  assertInteger(caller, 'replicates', replicates, 1);
  return replicates;
}
