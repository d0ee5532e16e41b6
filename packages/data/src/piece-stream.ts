import type { SentencePieceTokenizer } from './formats/sentence-piece-tokenizer.ts';

/** Tokenised sentences, one after another. */
export interface PieceStream {
  /** Ids of all sentences. */
  readonly tokens: Uint16Array;
  /** Ids of each sentence, none 0. */
  readonly tokenCounts: Uint32Array;
  /** Words of each sentence, without its end. */
  readonly wordCounts: Uint32Array;
}

export interface PieceCollector {
  /** Takes a sentence; one that is empty, or of white space alone, is left out. */
  add(sentence: string): void;
  finish(): PieceStream;
}

/** Tokenises sentences as they come. @param delimit see `PackedPiecesOptions` */
export function pieceCollector(tokenizer: SentencePieceTokenizer, delimit: boolean): PieceCollector {
  let tokens = new Uint16Array(1 << 16);
  let numTokens = 0;
  const tokenCounts: number[] = [];
  const wordCounts: number[] = [];
  return {
    add: (sentence) => {
      const text = sentence.trim();
      if (text === '') return;
      const ids = tokenizer.encode(delimit ? `<S>${text}</S>` : text);
      if (ids.length === 0) return;
      if (numTokens + ids.length > tokens.length) {
        const larger = new Uint16Array(2 * (numTokens + ids.length));
        larger.set(tokens.subarray(0, numTokens));
        tokens = larger;
      }
      tokens.set(ids, numTokens);
      numTokens += ids.length;
      tokenCounts.push(ids.length);
      wordCounts.push(countWords(text));
    },
    finish: () => ({
      tokens: tokens.slice(0, numTokens),
      tokenCounts: Uint32Array.from(tokenCounts),
      wordCounts: Uint32Array.from(wordCounts),
    }),
  };
}

/** Stretches without white space. */
function countWords(text: string): number {
  return text.match(/\S+/gu)?.length ?? 0;
}
