import type { Engine, Peer } from './work.ts';

/** What a work must reach, in the one way that it is stated. */
export type Goal =
  /** The time of the peer over ours is `factor` at least. */
  | { readonly kind: 'faster'; readonly than: Peer; readonly factor: number }
  /** Our time on one engine over that on another is `factor` at most. */
  | { readonly kind: 'engines'; readonly slow: Engine; readonly fast: Engine; readonly factor: number }
  | { readonly kind: 'seconds'; readonly atMost: number }
  | { readonly kind: 'keptBytes'; readonly atMost: number }
  | { readonly kind: 'relativeError'; readonly atMost: number };
