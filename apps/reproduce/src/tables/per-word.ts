import type { Dataset } from '@d3pm/core';
import { evenlySpaced, perplexityEstimate, type PerplexityEstimate } from '@d3pm/eval';

/** Perplexity per word of examples that stand evenly spaced in the data, by their nats; undefined where the data counts no words. */
export function perWordOf(data: Dataset, nats: Float64Array): PerplexityEstimate | undefined {
  if (!('words' in data)) return undefined;
  const words = data.words as Float64Array;
  const taken = evenlySpaced({ size: data.size, count: nats.length });
  return perplexityEstimate({ nats, words: taken.map((example) => words[example]!) });
}
