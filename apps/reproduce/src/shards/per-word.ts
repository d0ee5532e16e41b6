import type { Dataset } from '@d3pm/core';
import { evenlySpaced, perplexityEstimate, type PerplexityEstimate } from '@d3pm/eval';

/** Perplexity per word of the examples that an evaluation took, where the data counts the words of each. */
export function perWord(data: Dataset, exampleNats: Float64Array): PerplexityEstimate | undefined {
  if (!('words' in data)) return undefined;
  const words = data.words as ArrayLike<number>;
  const taken = evenlySpaced({ size: data.size, count: exampleNats.length });
  return perplexityEstimate({ nats: exampleNats, words: taken.map((example) => words[example]!) });
}
