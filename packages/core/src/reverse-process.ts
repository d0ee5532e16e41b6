import type { Tensor } from '@tensorflow/tfjs-core';
import type { Prediction } from './denoiser.ts';
import type { Steps } from './steps.ts';
import type { Transition } from './transition.ts';

export interface ReverseInput {
  /** Output of the network at (x_t, t), float32 `[B, …N, K]`. */
  readonly logits: Tensor;
  /** int32 `[B, …N]`. */
  readonly xt: Tensor;
  /** 0 ≤ s < t ≤ T. */
  readonly s: Steps;
  readonly t: Steps;
}

/** What a closed form of the loss is given: a batch, or a part of one. */
export interface ClosedFormTerm {
  /** float32 `[B, …N, K]` */
  readonly logits: Tensor;
  /** int32 `[B, …N]` */
  readonly x0: Tensor;
  /** int32 `[B, …N]` */
  readonly xt: Tensor;
  /** One for each example. */
  readonly s: Int32Array;
  readonly t: Int32Array;
  /** Weight of −log f(x_0), which comes with it; 0 where the network's output is no f. */
  readonly lambda: number;
}

/** L_{t−1} + λ CE_t without tables, of the families that have it so under some reverse processes. */
export interface ClosedForm {
  /**
   * Of the engine: where it has this kernel, a whole batch takes little memory beside its logits, and where it has not, the form is given parts
   * of one. Absent: it takes care of that itself.
   */
  readonly kernel?: string;
  holds(reverse: ReverseProcess, transition: Transition, steps: Pick<ClosedFormTerm, 's' | 't'>): boolean;
  /** Nats by position, float32 `[B, …N]`, with their gradient by the logits; the caller disposes them. Only where it holds. */
  nats(reverse: ReverseProcess, transition: Transition, term: ClosedFormTerm): Tensor;
}

/**
 * p_θ(x_s | x_t) made of a network's output. Two different formulas are called D3PM; each has its
 * name here, and `P` says which output it is sound with: a loss or sampler does not accept a
 * denoiser of another meaning.
 */
export interface ReverseProcess<P extends Prediction = Prediction> {
  readonly name: 'direct' | 'leave-one-out' | 'mixture' | 'plug-in';
  readonly prediction: P;
  /** What p(x_0 | x_1) is: Bayes' rule like every other step, f itself, or the network's own output. Print it with a bound. */
  readonly firstStep: 'bayes' | 'denoiser' | 'direct';
  /**
   * Whether it gives r · f at a masked position and stays at any other, when the mask is an extra
   * state: the closed form of the losses and samplers.
   */
  readonly unmasksIndependently: boolean;
  /**
   * How f enters where `p_θ(x_s | x_t) ∝ Q(s→t)[·, x_t] ∘ (w Q̄_s)`: as w = f, or with w_i = f_i / Q̄_t[i, x_t]. Absent: the process is of
   * another kind.
   */
  readonly weights?: 'mixture' | 'plug-in';
  /** Of its loss, besides those of an extra mask, which is taken before them, and of rank one, which is taken after them. */
  readonly closedForms?: readonly ClosedForm[];
  /** Normalised log-probabilities of x_s, float32 `[B, …N, K]`; the caller disposes them. */
  logProbs(transition: Transition, input: ReverseInput): Tensor;
  /** log f(x_0 | x_t) as a denoiser, which cross-entropy is taken of. Absent: there is none. */
  denoiserLogProbs?(transition: Transition, input: Omit<ReverseInput, 's'>): Tensor;
}
