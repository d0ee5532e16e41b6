import type { Choices, DataKind } from './choices.ts';

type Preset = Pick<Choices, 'data' | 'family' | 'schedule' | 'start' | 'steps' | 'stop' | 't' | 'updates'>;

const ordinal = { family: 'discretized-gaussian', schedule: 'linear', start: 3e-4, stop: 0.1, steps: 100, t: 8, updates: 600 } as const;

/** What suits each kind of data: where a person who chooses it starts. */
export const presets: Readonly<Record<DataKind, Preset>> = {
  characters: {
    data: 'characters',
    family: 'absorbing',
    schedule: 'inverse-remaining',
    start: 0.01,
    stop: 0.1,
    steps: 100,
    t: 40,
    updates: 600,
  },
  picture: { data: 'picture', ...ordinal },
  'swiss-roll': { data: 'swiss-roll', ...ordinal },
};

/** The page as it is without an address of its own. */
export const defaultChoices: Choices = {
  text: 'Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in my purse, and nothing particular to interest me on shore, I thought I would sail about a little and see the watery part of the world.',
  levels: 64,
  width: 8,
  maskShare: 0.7,
  numNeighbors: 3,
  seed: 1,
  corpus: 'moby-dick',
  ownText: '',
  engine: 'auto',
  ...presets['swiss-roll'],
};
