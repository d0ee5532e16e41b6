import type { Tensor } from '@tensorflow/tfjs-core';
import type { Rng } from './rng.ts';
import type { Steps } from './steps.ts';

/**
 * What the logits of a network mean.
 *
 * - `denoiser`: f(c) = p(x_0 = c | x_t), with all positions of x_t seen.
 * - `leave-one-out`: what the *other* positions of x_t say of x_0; ∝ f(c) / Q̄_t[c, x_t].
 * - `direct`: x_{t−1} itself.
 */
export type Prediction = 'denoiser' | 'direct' | 'leave-one-out';

/** A network that reads a noisy state and its step. */
export interface Denoiser<P extends Prediction = Prediction> {
  readonly prediction: P;
  /** K of the transition it is made for. */
  readonly numStates: number;
  /** True when the logits do not depend on t, so that they can be kept while the states stay the same. */
  readonly timeFree: boolean;
  /** T of the chain whose steps it is told. Absent when it reads none: then it serves a chain of any length. */
  readonly numSteps?: number;
  /**
   * Present when the logits at a position depend on the states before it alone, in row-major order: not on the state there, on
   * later ones, or on t. Under an autoregressive chain f is then p(x_0,i | x_0,<i), all of them in one call.
   */
  readonly causal?: true;
  /**
   * Reads sequences state by state, at the cost of one position a call, under the parameters as they are now. Only a causal
   * network has it, and need not.
   */
  startDecoding?(batchSize: number): Decoder;
  /**
   * Logits, float32 `[B, …N, K]`, of int32 `[B, …N]` states at step t ∈ 1…T; the caller disposes them.
   * The logit of an extra mask is ignored: the library sets its probability to 0.
   */
  logits(states: Tensor, t: Steps): Tensor;
}

/** A batch of sequences that grow by one state at a time. What the positions so far have computed is kept. */
export interface Decoder {
  /**
   * Logits of the next position, float32 `[B, K]`, those of {@link Denoiser.logits} to rounding; the caller disposes them.
   *
   * @param states The states that follow those already read, int32 `[B]`; absent in the first call, which answers for position 0.
   * @throws {D3pmError} `SHAPE`, `DTYPE`, `STATE_RANGE`; `INVALID_OPTIONS` without states in any but the first call, or after {@link dispose}.
   */
  next(states?: Tensor): Tensor;
  /** Frees what is kept; twice is harmless. */
  dispose(): void;
}

/** Parameters by name. Names are those of the checkpoint, so they never change. */
export type Parameters = Readonly<Record<string, Tensor>>;

export interface ApplyOptions {
  /** Source of dropout masks. Absent: no dropout, which is what evaluation and sampling use. */
  readonly rng?: Rng;
  /**
   * Index of the first example in the batch of an update, of which these are a part: the mask of an example is that of its index there, so that
   * it is the same in parts of any size. @defaultValue 0
   */
  readonly firstExample?: number;
}

/** A denoiser whose logits are a pure function of its parameters. */
export interface TrainableDenoiser<P extends Prediction = Prediction> extends Denoiser<P> {
  /** The current values; owned by the model. A trainer replaces them by {@link load}. */
  readonly parameters: Parameters;
  /** Logits under the given parameters. Reads nothing else, keeps nothing. */
  apply(parameters: Parameters, states: Tensor, t: Steps, options?: ApplyOptions): Tensor;
  /** Copies values in. @throws {D3pmError} `SHAPE` or `UNKNOWN_NAME` listing every difference. */
  load(parameters: Parameters): void;
  dispose(): void;
}
