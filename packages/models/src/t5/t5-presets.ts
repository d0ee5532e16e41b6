/** Sizes of a network; the feed-forward layer is four times as wide as a position. */
export interface T5Preset {
  readonly numBlocks: number;
  readonly numChannels: number;
  /** Of 64 channels each. */
  readonly numHeads: number;
}

/** The sizes of the authors' code by the number of blocks; 12 is that of the paper's tables. */
export const t5Presets: Readonly<Record<1 | 3 | 6 | 12 | 24 | 36 | 48, T5Preset>> = /* @__PURE__ */ Object.freeze({
  1: { numBlocks: 1, numChannels: 64, numHeads: 1 },
  3: { numBlocks: 3, numChannels: 128, numHeads: 2 },
  6: { numBlocks: 6, numChannels: 512, numHeads: 8 },
  12: { numBlocks: 12, numChannels: 768, numHeads: 12 },
  24: { numBlocks: 24, numChannels: 1024, numHeads: 16 },
  36: { numBlocks: 36, numChannels: 1280, numHeads: 20 },
  48: { numBlocks: 48, numChannels: 1600, numHeads: 25 },
});
