import type { TrainEvent } from '../../train-event.ts';

/** What a run tells. */
export type TrainRunEvent =
  /** The first step is to come. */
  | { readonly type: 'begun'; readonly step: 0 }
  /** It goes on from a checkpoint; nothing follows when that is of the last step. */
  | { readonly type: 'resumed'; readonly step: number; readonly folder: string }
  /** Something that a person should read: a damaged checkpoint that was passed over, another engine, an update that was left out. */
  | { readonly type: 'warning'; readonly message: string }
  /**
   * As the trainer tells it, and written to the metrics; `type` is `stopped` for a step between two events, which is not. `skipped` of a
   * step are those since the step before it, also where the run was stopped in between.
   */
  | (Omit<TrainEvent, 'state' | 'type'> & { readonly type: 'step' | 'stopped' })
  | { readonly type: 'evaluated'; readonly step: number; readonly values: Readonly<Record<string, number>> }
  | { readonly type: 'saved'; readonly step: number; readonly folder: string };
