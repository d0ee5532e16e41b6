import { D3pmError } from '@d3pm/core';
import type { PieceStream } from './piece-stream.ts';

/** What packed sequences hold; see `PackedPieces`. */
export interface PieceCounts {
  readonly numSentences: number;
  readonly numTokens: number;
  readonly numWords: number;
  readonly numUnknown: number;
  readonly numDroppedTokens: number;
  readonly numPadTokens: number;
}

export interface PackedTokens extends PieceCounts {
  /** `[size · length]` */
  readonly tokens: Uint16Array;
  /** `[size]` */
  readonly words: Float64Array;
}

export interface PackPiecesOptions {
  readonly length: number;
  readonly remainder: 'drop' | 'pad';
  readonly unknownId: number;
  /** Names the data in errors. */
  readonly name: string;
}

/** Cuts the streams, one after another, every `length` tokens. @throws {D3pmError} `INVALID_DATA` for fewer tokens than one sequence has */
export function packPieces(streams: readonly PieceStream[], { length, remainder, unknownId, name }: PackPiecesOptions): PackedTokens {
  const total = streams.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const size = remainder === 'pad' ? Math.ceil(total / length) : Math.floor(total / length);
  const sentences = streams.reduce((sum, { tokenCounts }) => sum + tokenCounts.length, 0);
  if (total === 0) throw new D3pmError('INVALID_DATA', `${name}: there is no sentence in it`);
  if (size === 0) {
    throw new D3pmError(
      'INVALID_DATA',
      `${name}: its ${sentences} sentences have ${total} tokens, one example needs ${length}; take more text, a shorter length, or remainder "pad"`,
    );
  }
  const tokens = new Uint16Array(size * length);
  const words = new Float64Array(size);
  let [offset, numSentences] = [0, 0];
  for (const stream of streams) {
    tokens.set(stream.tokens.subarray(0, Math.max(0, tokens.length - offset)), offset);
    let at = offset;
    stream.tokenCounts.forEach((count, i) => {
      if (at < tokens.length) numSentences++;
      shareWords(words, { at, count, length, share: (stream.wordCounts[i]! + 1) / count });
      at += count;
    });
    offset = at;
  }
  const numTokens = Math.min(total, tokens.length);
  return {
    tokens,
    words,
    numSentences,
    numTokens,
    numWords: words.reduce((sum, count) => sum + count, 0),
    numUnknown: tokens.subarray(0, numTokens).reduce((count, token) => count + Number(token === unknownId), 0),
    numDroppedTokens: total - numTokens,
    numPadTokens: tokens.length - numTokens,
  };
}

interface Sentence {
  readonly at: number;
  readonly count: number;
  readonly length: number;
  readonly share: number;
}

/** Gives each sequence that a sentence lies in the words of its part, `share` a token. */
function shareWords(words: Float64Array, { at, count, length, share }: Sentence): void {
  const end = at + count;
  for (let start = at; start < end;) {
    const sequence = Math.floor(start / length);
    if (sequence >= words.length) return;
    const next = Math.min(end, (sequence + 1) * length);
    words[sequence]! += share * (next - start);
    start = next;
  }
}
