/** Nats per example → bits per dimension (per character, per pixel value): ÷ (positions · ln 2). */
export function bitsPerDimension(nats: number, positions: number): number {
  return nats / (positions * Math.LN2);
}

/** exp(total nats / words): the perplexity per word. Print the count of words beside it. */
export function perplexityPerWord(totalNats: number, words: number): number {
  return Math.exp(totalNats / words);
}
