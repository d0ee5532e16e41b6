import type { Choices, EngineChoice } from '../choices/choices.ts';
import type { Problem } from '../problem.ts';
import type { CheckpointFiles } from './checkpoint-files.ts';
import type { NetworkKind } from './network.ts';

export type LearnRequest =
  | { readonly type: 'load'; readonly files: CheckpointFiles; readonly engine: EngineChoice }
  | { readonly type: 'sample'; readonly seed: number }
  | { readonly type: 'stop' }
  | { readonly type: 'train'; readonly choices: Choices };

/** What takes its time, and is done one after the other. */
export type BegunRequest = Exclude<LearnRequest, { readonly type: 'stop' }>;

/** What the page says of the network that there is. */
export interface NetworkFacts {
  readonly kind: NetworkKind;
  readonly origin: string;
  readonly family: string;
  /** K, a mask counted. */
  readonly numStates: number;
  readonly maskState: number | undefined;
  readonly numSteps: number;
  readonly parameters: number;
}

/** x_t of a sample on its way. */
export interface Frame {
  readonly t: number;
  readonly states: Int32Array;
  readonly shape: readonly number[];
}

export type LearnEvent =
  /** A request that was begun has come to its end, well or not. */
  | { readonly type: 'done' }
  | { readonly type: 'engine'; readonly text: string }
  | { readonly type: 'frame'; readonly frame: Frame }
  | { readonly type: 'network'; readonly facts: NetworkFacts | undefined }
  /** Of the request that it is about; of whatever runs where it is left out. */
  | { readonly type: 'problem'; readonly problem: Problem; readonly request?: BegunRequest['type'] }
  /** What the loss of the updates to come is. */
  | { readonly type: 'training'; readonly loss: string }
  | { readonly type: 'update'; readonly step: number; readonly lossBits: number };
