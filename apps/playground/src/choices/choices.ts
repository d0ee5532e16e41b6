export const dataKinds = ['characters', 'picture', 'swiss-roll'] as const;
export type DataKind = (typeof dataKinds)[number];

export const familyNames = ['uniform', 'absorbing', 'uniform-absorbing', 'discretized-gaussian', 'banded', 'nearest-neighbor'] as const;
export type FamilyName = (typeof familyNames)[number];

export const scheduleNames = ['linear', 'cosine', 'inverse-remaining', 'mutual-information'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

export const engineNames = ['auto', 'webgpu', 'wasm', 'cpu'] as const;
export type EngineChoice = (typeof engineNames)[number];

export const corpora = ['moby-dick', 'own'] as const;
export type Corpus = (typeof corpora)[number];

/** All that a person chooses on the page, and all that its address holds. */
export interface Choices {
  readonly data: DataKind;
  /** What is corrupted, where the data are characters. */
  readonly text: string;
  /** K of pictures and of the swiss roll; the characters are 27. A mask is one more. */
  readonly levels: number;
  readonly family: FamilyName;
  /** Of the banded family: how far a step jumps at most. */
  readonly width: number;
  /** Of the family with both: the share of redrawn states that become the mask. */
  readonly maskShare: number;
  /** Of the nearest-neighbour family. */
  readonly numNeighbors: number;
  readonly schedule: ScheduleName;
  /** β_1 and β_T of the linear schedule, in the unit of the family. */
  readonly start: number;
  readonly stop: number;
  /** T */
  readonly steps: number;
  /** The step that is shown, 0…T. */
  readonly t: number;
  readonly seed: number;
  /** What characters are learned from. */
  readonly corpus: Corpus;
  /** The text to learn from, when it is the person's own. */
  readonly ownText: string;
  /** Updates of the network. */
  readonly updates: number;
  readonly engine: EngineChoice;
}
