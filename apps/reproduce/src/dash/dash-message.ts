/** What the server tells the page, by the names of its events. */
export interface DashMessages {
  readonly run: RunMessage;
  readonly status: StatusMessage;
  readonly points: PointsMessage;
  readonly samples: SamplesMessage;
  readonly log: LogMessage;
}

export interface RunMessage {
  readonly name: string;
  readonly folder: string;
  /** Of which config and environment are; absent before the first. */
  readonly checkpoint?: string | undefined;
  readonly config: readonly FieldText[];
  readonly environment: readonly FieldText[];
}

export type FieldText = readonly [field: string, value: string];

export type RunState = 'failed' | 'finished' | 'running' | 'stopped' | 'waiting';

export interface StatusMessage {
  readonly state: RunState;
  /** Who has the folder, or how the run ended. */
  readonly words: string;
  readonly step: number;
  readonly numSteps?: number | undefined;
  readonly secondsPerStep?: number | undefined;
  /** When the run will have ended, in milliseconds since 1970. */
  readonly endsAt?: number | undefined;
  /** What a person should know of what is shown. */
  readonly notes: readonly string[];
}

/** New points, or all of them; null where a number is not finite. Losses and bounds are in bits per dimension. */
export interface PointsMessage {
  readonly reset: boolean;
  readonly train: readonly TrainPoint[];
  readonly bound: readonly BoundPoint[];
  readonly pace: readonly PacePoint[];
}

export type TrainPoint = readonly [
  step: number,
  loss: number | null,
  smoothed: number | null,
  gradientNorm: number | null,
  rate: number | null,
];
export type BoundPoint = readonly [step: number, bits: number | null, standardError: number | null];
export type PacePoint = readonly [step: number, secondsPerStep: number | null];

export interface SamplesMessage {
  /** Files of `samples/`, the newest first. */
  readonly names: readonly string[];
}

export interface LogMessage {
  readonly text: string;
}
