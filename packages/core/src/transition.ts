import type { Tensor } from '@tensorflow/tfjs-core';
import type { Plugin } from './plugin.ts';
import type { Rng } from './rng.ts';
import type { NoiseSchedule, NoiseUnit } from './schedule.ts';
import type { Steps } from './steps.ts';

/**
 * The corruption process Q_1 … Q_T on K states, as a linear map and its adjoint in the log domain.
 *
 * `Q(s→t) = Q_{s+1} ⋯ Q_t` is row-stochastic and `Q(t→t) = I`; `Q̄_t = Q(0→t)` (Eq. (2) and Eq. (3) of
 * Austin et al., 2021). Log-probabilities are float32 `[B, …N, K]`, states int32 `[B, …N]`;
 * impossible is −∞. Every returned tensor belongs to the caller. All maps throw `STEP_RANGE`
 * unless 0 ≤ s ≤ t ≤ T for every example, and `SHAPE` for a wrong class axis.
 *
 * Losses are differentiated through `push` and `pull`, never through states. With y_j = log Σ_i exp(x_i) Q_ij and w = dL/dy,
 * dL/dx_i = Σ_j w_j exp(x_i + log Q_ij − y_j): finite, and 0 where x_i is −∞, as long as w_j is 0 where y_j is −∞. A map that
 * reads its tensor on the host needs a gradient of its own (`withGradient`); tfjs follows nothing else.
 *
 * Optional members are capabilities: their absence says that the closed form does not hold.
 */
export interface Transition {
  readonly name: string;
  /** K */
  readonly numStates: number;
  /** T */
  readonly numSteps: number;
  /** N, when Q depends on the position; then the axes `…N` of every argument have N elements. */
  readonly positions?: number;
  /** π with π Q_t = π for every t; float64 `[K]`. */
  readonly stationary?: Float64Array;
  /** p(x_T): where sampling starts, and what L_T is measured against. */
  readonly prior: Prior;
  /** A state that the data never shows, and to which f gives no mass: a mask that K counts. */
  readonly extraMask?: number;
  readonly rankOne?: RankOne;
  readonly absorbing?: Absorbing;
  readonly exponential?: Exponential;
  /** `log (p Q(s→t))` from `log p`, and differentiable in it. */
  push(logProbs: Tensor, s: Steps, t: Steps): Tensor;
  /** `log (l Q(s→t)ᵀ)` from `log l`, and differentiable in it. */
  pull(logLikelihood: Tensor, s: Steps, t: Steps): Tensor;
  /** Rows: `log Q(s→t)[x_s, ·]`. */
  pushStates(states: Tensor, s: Steps, t: Steps): Tensor;
  /** Columns: `log Q(s→t)[·, x_t]`. */
  pullStates(states: Tensor, s: Steps, t: Steps): Tensor;
  /** Q(s→t), linear, float64 `[K·K]` row-major. The caller must not write to it. */
  toDense(s: number, t: number, position?: number): Float64Array;
  /**
   * Row `state` of Q(s→t) for drawing on the host, `[K]`, as accurate as the table that is kept
   * (float32 where tables are large) and without the cost of {@link toDense}. The caller must not
   * write to it, nor keep it over another call.
   */
  rowProbs?(state: number, s: number, t: number, position?: number): ArrayLike<number>;
  /**
   * A draw from that row which does not make it, where this is the cheaper way. A function of its arguments alone: numbers come
   * from `stream`, which no other draw uses.
   */
  draw?(state: number, s: number, t: number, stream: Rng, position?: number): number;
  /** Frees cached tensors; twice is harmless. */
  dispose(): void;
}

/** A fixed p(x_T) as float64 `[K]` or `[N·K]`, or one that is learned. */
export type Prior = FixedPrior | LearnedPrior;

export interface FixedPrior {
  readonly kind: 'fixed';
  readonly probs: Float64Array;
}

/** Footnote 1: p_θ(x_T) ∝ exp(logits). */
export interface LearnedPrior {
  readonly kind: 'learned';
  /** float32 `[K]` or `[N, K]`, as they stand now. */
  readonly logits: Tensor;
  /** Name of the parameter of the denoiser that the logits are: a trainer then adds L_T to the loss. */
  readonly parameter?: string;
}

/** `Q(s→t) = keep · I + refresh · 1 πᵀ`: with probability `refresh` the state is drawn anew from π. */
export interface RankOne {
  /** π, float64 `[K]`. */
  readonly target: Float64Array;
  /** α(s→t) */
  keep(s: number, t: number): number;
  /** 1 − α(s→t), computed without a subtraction. */
  refresh(s: number, t: number): number;
}

/**
 * A {@link RankOne} whose π is a point mass: a state is kept or becomes the mask for good. Closed forms of losses and
 * samplers hold when the mask is also the {@link Transition.extraMask}, and not a value of the data used again
 * (grey 128 of images).
 */
export interface Absorbing {
  readonly maskState: number;
}

/** `Q(s→t) = exp(α(s→t) R)` for one generator R, time that runs on between the steps (A.5, A.6): all commute, and any α ≥ 0 can be asked for. */
export interface Exponential {
  /** α(s→t) = Σ_{s<u≤t} β_u; ∞ stands for the limit. */
  rate(s: number, t: number): number;
  /** `p exp(α R)` on the host, float64 `[K]`, p ≥ 0; the caller owns the result. */
  push(probs: Float64Array, rate: number): Float64Array;
}

export interface TransitionSetting<U extends NoiseUnit = NoiseUnit> {
  readonly numStates: number;
  readonly schedule: NoiseSchedule<U>;
}

/** A family of Q_t: what a package publishes. `uniform` for ours, `owner/name` for everybody else's. */
export interface TransitionPlugin<N extends string, O, U extends NoiseUnit> extends Plugin<'transition', N> {
  readonly unit: U;
  /** @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
  parse(options: unknown): O;
  create(setting: TransitionSetting<U>, options: O): Transition;
}

// oxlint-disable-next-line typescript/no-explicit-any -- options and unit of any plugin, known only to itself
export type AnyTransitionPlugin = TransitionPlugin<string, any, any>;
