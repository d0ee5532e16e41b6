import type { Parameters, Prediction, Rng, States, Steps, Transition } from '@d3pm/core';
import type { ExampleRange } from './example-range.ts';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A batch as the network meets it. */
export interface CorruptedBatch {
  /** x_t, `[B, …N]`. */
  readonly states: States;
  readonly t: Steps;
  /** Factor of each example in the loss, `[B]`. Absent: 1. */
  readonly weights?: Float64Array;
}

export interface LossInput {
  /** Output of the network, float32 `[B, …N, K]`. */
  readonly logits: Tensor;
  /** int32 `[B, …N]` */
  readonly x0: Tensor;
  /** int32 `[B, …N]` */
  readonly xt: Tensor;
  readonly t: Steps;
  readonly weights?: Float64Array;
  /**
   * Those under which the logits were made; a trainer differentiates by them. A bound reads the prior's own logits here.
   * Absent: a learned prior counts as it stands, without a gradient.
   */
  readonly parameters?: Parameters;
}

/**
 * What is trained on: how data is corrupted, and what an answer costs. Corruption happens on the host and is a pure
 * function of the stream, so the same seed gives the same batches on every engine.
 */
export interface TrainingLoss<P extends Prediction = Prediction> {
  readonly name: string;
  /** The chain that corrupts. */
  readonly transition: Transition;
  /** Whether a network of this meaning can be trained on it. */
  readonly accepts: (prediction: P) => boolean;
  /** What else the network must be: one that sees x_0 itself must be causal. Absent: nothing. */
  readonly requires?: 'causal';
  /** @param range Where `x0` is in the batch of an update, of which it may be a part: it is corrupted as it is there. Absent: it is all of it. */
  corrupt(x0: States, rng: Rng, range?: ExampleRange): CorruptedBatch;
  /**
   * Nats per example, float32 `[B]`; the caller disposes it. Its expectation is the quantity that is reported: for a bound
   * L_vb − L_T, and all of L_vb when the prior is a parameter of the network (footnote 1), which then learns from L_T.
   */
  nats(input: LossInput): Tensor;
  /** What nats are multiplied by before differentiation, so that gradients do not grow with T and N. */
  gradientScale(positions: number): number;
}
