import type { Prediction, TrainableDenoiser } from './denoiser.ts';
import type { Plugin } from './plugin.ts';
import type { Rng } from './rng.ts';

export interface ModelSetting {
  /** K of the transition, masks included. */
  readonly numStates: number;
  /** T, for networks that are told the time. */
  readonly numSteps: number;
  /** Shape of one example, `[…N]`. */
  readonly exampleShape: readonly number[];
  /** The state that data never shows, `transition.extraMask`, for networks that read states as numbers. @defaultValue none */
  readonly extraMask?: number | undefined;
  /** Source of the initial parameters. */
  readonly rng: Rng;
}

/** A named architecture. */
export interface ModelPlugin<N extends string, O, P extends Prediction = Prediction> extends Plugin<'model', N> {
  /** @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
  parse(options: unknown): O;
  create(setting: ModelSetting, options: O): TrainableDenoiser<P>;
}
