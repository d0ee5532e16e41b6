import { D3pmError, perplexityPerWord } from '@d3pm/core';

export interface CountedNats {
  /** N_i of each example: bounds, or exact. */
  readonly nats: ArrayLike<number>;
  /** W_i of the same examples, in the same order. */
  readonly words: ArrayLike<number>;
}

export interface PerplexityEstimate {
  /** exp(ΣN_i / ΣW_i) */
  readonly perplexity: number;
  /** To other examples of the same source; NaN with one example. */
  readonly standardError: number;
  /** ΣW_i */
  readonly words: number;
}

/**
 * Perplexity per word of examples that have N_i nats and W_i words,
 *
 *     exp(R),   R = ΣN_i / ΣW_i,   SE(exp R) = exp(R) · √(Σ (N_i − R W_i)² / (n − 1)) / (√n · W̄)
 *
 * A ratio of two sums over the same examples: an example of many words has more nats, or of rare ones fewer words, so that the error
 * of the nats alone is not the error of the ratio (Cochran, Sampling Techniques, chapter 6). Nats that are themselves estimates, each
 * by draws of its own, bring their error into the residuals.
 *
 * @throws {D3pmError} `INVALID_DATA` for no example, lengths that differ, or no word at all
 */
export function perplexityEstimate({ nats, words }: CountedNats): PerplexityEstimate {
  const count = nats.length;
  if (count === 0 || words.length !== count) {
    throw new D3pmError(
      'INVALID_DATA',
      `perplexityEstimate: ${count} examples have nats and ${words.length} have words; give both of each`,
    );
  }
  const total = sumOf(words);
  if (!(total > 0)) throw new D3pmError('INVALID_DATA', `perplexityEstimate: the examples have ${total} words in all, expected some`);
  const rate = sumOf(nats) / total;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (nats[i]! - rate * words[i]!) ** 2;
  const perplexity = perplexityPerWord(sumOf(nats), total);
  return { perplexity, standardError: (perplexity * Math.sqrt((squares / (count - 1)) * count)) / total, words: total };
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
