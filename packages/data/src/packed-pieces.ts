import { assertInteger, D3pmError, positionsOf, type Dataset, type States } from '@d3pm/core';
import type { SentencePieceTokenizer } from './formats/sentence-piece-tokenizer.ts';
import { packPieces, type PackedTokens, type PieceCounts } from './pack-pieces.ts';
import { pieceCollector } from './piece-stream.ts';

export interface PackingOptions {
  /** L, tokens of one example. The authors have 128. */
  readonly length: number;
  /**
   * Whether each sentence is wrapped in the literal `<S>` and `</S>` before it is tokenised, with no space between, as in the authors'
   * code. Whether these are single pieces is up to the model.
   *
   * @defaultValue true
   */
  readonly delimit?: boolean;
  /**
   * What becomes of the tokens after the last whole example: left out, or filled up with id 0 as in the authors' code, where the
   * filling then counts as data.
   *
   * @defaultValue 'drop'
   */
  readonly remainder?: 'drop' | 'pad';
  /** How many pieces the vocabulary is to have; another number is refused. */
  readonly numPieces?: number;
  /** The id of a mask that a chain brings; it must be no piece. The mask of `absorbing` is numPieces, and is none. */
  readonly maskId?: number;
}

export interface PackedPiecesOptions extends PackingOptions {
  readonly tokenizer: SentencePieceTokenizer;
  /** Stands in reports and errors. @defaultValue 'pieces' */
  readonly name?: string;
}

/** Sentences as sequences of L pieces, K = numPieces; each crosses from one sentence into the next. */
export interface PackedPieces extends Dataset, PieceCounts {
  /** All examples, `[size · L]`: the running text, for an n-gram baseline. */
  readonly tokens: Uint16Array;
  /** Words of each example, `[size]`: what its nats are divided by, for a perplexity per word of some of the examples. */
  readonly words: Float64Array;
  /** Sentences that begin in the examples. */
  readonly numSentences: number;
  /** Tokens in the examples, filling not counted. */
  readonly numTokens: number;
  /** The sum of `words`: no whole number where the last example ends within a sentence. */
  readonly numWords: number;
  /** Tokens of the examples that are the unknown piece. */
  readonly numUnknown: number;
  /** Tokens after the last example, left out (`remainder: 'drop'`). */
  readonly numDroppedTokens: number;
  /** Positions filled with id 0 (`remainder: 'pad'`). */
  readonly numPadTokens: number;
  /** Examples or samples as text, one each; the id K is `mask`, `_` by default. */
  toText(states: States, options?: { readonly mask?: string }): string[];
  /** The pieces of a text, nothing added at its ends: a prompt. */
  fromText(text: string): Int32Array;
}

/**
 * Packed sequences of word pieces, as the authors make them of LM1B: each sentence wrapped in `<S>` and `</S>`, tokenised, all tokens
 * one after another, cut every L.
 *
 * What the paper leaves open is decided so:
 *
 * - Sentences keep their order; `batches` shuffles the examples. (The authors shuffle sentences in a window of 2048 before they cut.)
 * - A sentence is trimmed, and left out when nothing is left. Case stays as it is.
 * - A **word** is a stretch without white space, and each sentence's end is one more. The words of a sentence, w + 1, are shared out
 *   equally over its tokens, so the words of an example, and of any number of them, are those of exactly the tokens in it.
 *   Perplexity per word is exp(nats of the examples / their words).
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a vocabulary of more than 65535 pieces, of another size than `numPieces`, or with a piece
 * at `maskId`; `INVALID_DATA` for no sentence, or fewer tokens than one example
 */
export function packedPieces(sentences: Iterable<string>, options: PackedPiecesOptions): PackedPieces {
  const { tokenizer, length, delimit = true, remainder = 'drop', name = 'pieces' } = options;
  assertPacking('packedPieces', options, tokenizer.numPieces);
  const collector = pieceCollector(tokenizer, delimit);
  for (const sentence of sentences) collector.add(sentence);
  const packed = packPieces([collector.finish()], { length, remainder, unknownId: tokenizer.unknownId, name });
  return packedDataset(packed, { tokenizer, length, name });
}

/** Checks the options that decide what is packed. */
export function assertPacking(caller: string, { length, remainder = 'drop', numPieces, maskId }: PackingOptions, found: number): void {
  const refuse = (problem: string): never => {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: ${problem}`);
  };
  assertInteger(caller, 'length', length, 1);
  if (remainder !== 'drop' && remainder !== 'pad') refuse(`remainder is ${JSON.stringify(remainder)}, expected "drop" or "pad"`);
  if (found > 0xffff) refuse(`the vocabulary has ${found} pieces, at most 65535 are kept; train a smaller one`);
  if (numPieces !== undefined && numPieces !== found) {
    refuse(`the vocabulary has ${found} pieces, expected numPieces = ${numPieces}; take the model that the network was trained with`);
  }
  if (maskId === undefined) return;
  assertInteger(caller, 'maskId', maskId, 0);
  if (maskId < found) refuse(`maskId ${maskId} is a piece of the vocabulary; give ${found}, which is none`);
}

/** The data set of packed tokens. */
export function packedDataset(
  { tokens, words, ...counts }: PackedTokens,
  { tokenizer, length, name }: Required<Pick<PackedPiecesOptions, 'tokenizer' | 'length' | 'name'>>,
): PackedPieces {
  const size = words.length;
  return {
    ...counts,
    name,
    numStates: tokenizer.numPieces,
    exampleShape: [length],
    size,
    tokens,
    words,
    examples: (indices) => {
      const values = new Int32Array(indices.length * length);
      for (let b = 0; b < indices.length; b++) {
        assertInteger(name, `indices[${b}]`, indices[b], 0, size - 1);
        values.set(tokens.subarray(indices[b]! * length, (indices[b]! + 1) * length), b * length);
      }
      return { values, shape: [indices.length, length] };
    },
    toText: (states, options) => {
      const positions = positionsOf(states);
      const rows = Array.from({ length: states.shape[0]! }, (_, b) => states.values.subarray(b * positions, (b + 1) * positions));
      return rows.map((row) => tokenizer.decode(row, options));
    },
    fromText: (text) => Int32Array.from(tokenizer.encode(text)),
  };
}
