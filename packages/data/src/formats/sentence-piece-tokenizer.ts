import { D3pmError, quoted } from '@d3pm/core';
import { byteTrie, type ByteTrie } from './byte-trie.ts';
import { cutBpe } from './cut-bpe.ts';
import { cutUnigram, type CutText } from './cut-unigram.ts';
import { sentencePieceDecoder } from './sentence-piece-decoder.ts';
import type { SentencePiece, SentencePieceModel } from './sentence-piece-model.ts';
import { sentencePieceNormalizer } from './sentence-piece-normalizer.ts';

/** Text to ids of pieces and back. */
export interface SentencePieceTokenizer {
  /** Ids are 0…numPieces − 1. */
  readonly numPieces: number;
  /** The id of what no piece stands for. */
  readonly unknownId: number;
  /** The ids of a text, a new array; a lone surrogate counts as U+FFFD. */
  encode(text: string): Int32Array;
  /**
   * The text of ids. An unknown piece is what the model says, usually ` ⁇ `; `numPieces`, the id of an extra mask, is `mask`,
   * `_` by default.
   *
   * @throws {D3pmError} `STATE_RANGE` for any other id
   */
  decode(ids: ArrayLike<number>, options?: { readonly mask?: string }): string;
}

/**
 * The tokenizer of a SentencePiece model, unigram or BPE; its ids are those of SentencePiece 0.2, to the last.
 *
 * Not here: a denormalizer, which few models have; sampling and n-best lists.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a model of whole words or characters; `INVALID_DATA` for a damaged table of the
 * normalizer, and when bytes are to stand for what is unknown and one of the 256 is not there
 */
export function sentencePieceTokenizer(model: SentencePieceModel): SentencePieceTokenizer {
  const { pieces, unknownId, trainerSpec } = model;
  const utf8 = new TextEncoder();
  const trieOf: TrieOf = (kinds) =>
    byteTrie(pieces.flatMap(({ piece, type }, id) => (kinds.includes(type) ? [[utf8.encode(piece), id] as const] : [])));
  const userDefined = trieOf(['user-defined']);
  const cut = cutterOf(model, trieOf, userDefined);
  const normalize = sentencePieceNormalizer(model, userDefined);
  const idsOfBytes = trainerSpec.byteFallback ? bytePieces(pieces) : undefined;
  const decode = sentencePieceDecoder(model);
  let input = new Uint8Array(256);

  return {
    numPieces: pieces.length,
    unknownId,
    encode: (text) => {
      if (3 * text.length > input.length) input = new Uint8Array(6 * text.length);
      const normalized = normalize(input.subarray(0, utf8.encodeInto(text, input).written));
      const cuts = cut(normalized);
      // A piece has a byte at least, so does an id.
      const ids = new Int32Array(idsOfBytes === undefined ? cuts.length / 2 : normalized.length);
      let [count, start] = [0, 0];
      for (let i = 0; i < cuts.length; i += 2) {
        const id = cuts[i]!;
        const end = cuts[i + 1]!;
        if (id !== unknownId) ids[count++] = id;
        else if (idsOfBytes !== undefined) for (let at = start; at < end; at++) ids[count++] = idsOfBytes[normalized[at]!]!;
        // Unknown characters in a row are one piece.
        else if (i === 0 || cuts[i - 2] !== unknownId) ids[count++] = id;
        start = end;
      }
      return ids.slice(0, count);
    },
    decode,
  };
}

type TrieOf = (kinds: readonly SentencePiece['type'][]) => ByteTrie;

function cutterOf(model: SentencePieceModel, trieOf: TrieOf, userDefined: ByteTrie): CutText {
  const { modelType } = model.trainerSpec;
  if (modelType === 'unigram') return cutUnigram(model, trieOf(['normal', 'user-defined']));
  if (modelType === 'bpe') return cutBpe(model, trieOf(['normal', 'user-defined', 'unused']), userDefined);
  throw new D3pmError(
    'INVALID_OPTIONS',
    `sentencePieceTokenizer: the model is of type "${modelType}", expected unigram or bpe; train one with spm_train --model_type=unigram`,
  );
}

/** The ids of <0x00>…<0xFF>. */
function bytePieces(pieces: readonly SentencePiece[]): Int32Array {
  const ids = new Map(pieces.flatMap(({ piece, type }, id) => (type === 'byte' ? [[piece, id] as const] : [])));
  return Int32Array.from({ length: 256 }, (_, byte) => {
    const name = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    const id = ids.get(name);
    if (id === undefined) {
      throw new D3pmError(
        'INVALID_DATA',
        `sentencePieceTokenizer: byte_fallback is set and there is no piece ${quoted(name)} of type byte`,
      );
    }
    return id;
  });
}
