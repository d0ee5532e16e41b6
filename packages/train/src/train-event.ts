import type { TrainerState } from './trainer-state.ts';

/** What is told of the updates since the event before. */
export interface TrainEvent {
  readonly type: 'step';
  /** Updates done, 1…numSteps. */
  readonly step: number;
  /**
   * The loss, in bits per dimension, as a mean over the updates since the last multiple of `eventEvery`, but for those that were left
   * out; NaN when all were.
   */
  readonly lossBits: number;
  /** ‖gradient‖₂ of the last update, before it was clipped. */
  readonly gradientNorm: number;
  /** That of the last update. */
  readonly learningRate: number;
  /** Updates since the event before that were left out because of numbers that are not finite, by their steps. */
  readonly skipped: readonly number[];
  /** Present when this is the last event because training was told to stop, in a group perhaps on another member. */
  readonly stopping?: true;
  /** Owned by the trainer, and valid until the next event is asked for: read it out, or clone its tensors, to keep it. */
  readonly state: TrainerState;
}
