import type { States } from '@d3pm/core';

/** Whose features they are: scores compare only what one network of one set of weights has seen. */
export interface ExtractorIdentity {
  /** Network and layer, for example `nsfw-inception-v3/average_pooling2d_10`; part of the name of a score. */
  readonly id: string;
  /** SHA-256 of the weights, 64 hexadecimal digits. */
  readonly checksum: string;
}

/** What one forward pass gives; whoever receives it only reads it. */
export interface ExtractedFeatures {
  /** `[B·d]`, row-major: example, feature. */
  readonly features: Float32Array;
  /** Natural logarithms of p(y | x), `[B·C]`; −∞ is a probability of 0. */
  readonly classLogProbs?: Float32Array;
}

/**
 * A network that turns samples into features, and perhaps into class probabilities. It resizes and scales states to
 * what it was trained on. Whoever makes it disposes it; no score does.
 */
export interface FeatureExtractor extends ExtractorIdentity {
  /** d */
  readonly numFeatures: number;
  /** C; absent where it knows no classes. */
  readonly numClasses?: number;
  /** Of a batch `[B, …N]`, which it neither keeps nor changes. Without dropout: the same batch gives the same features. */
  extract(samples: States): Promise<ExtractedFeatures>;
  dispose?(): void;
}
