import type { SentencePiece, SentencePieceModel } from '@d3pm/data';
import { delimited, float, integer, message, text, type Bytes } from './encode-protobuf.ts';

const PIECE_TYPES = ['normal', 'unknown', 'control', 'user-defined', 'unused', 'byte'];
const MODEL_TYPES = ['unigram', 'bpe', 'word', 'char'];

export const encodePiece = ({ piece, score, type }: SentencePiece): Bytes =>
  message(1, text(1, piece), float(2, score), integer(3, 1 + PIECE_TYPES.indexOf(type)));

/** ModelProto of sentencepiece_model.proto, every field written. */
export function encodeSentencePieceModel({ pieces, trainerSpec, normalizerSpec }: Omit<SentencePieceModel, 'unknownId'>): Uint8Array {
  const trainer = message(
    2,
    integer(3, 1 + MODEL_TYPES.indexOf(trainerSpec.modelType)),
    integer(4, trainerSpec.vocabSize),
    integer(24, Number(trainerSpec.treatWhitespaceAsSuffix)),
    integer(35, Number(trainerSpec.byteFallback)),
    integer(40, trainerSpec.unkId),
    integer(41, trainerSpec.bosId),
    integer(42, trainerSpec.eosId),
    integer(43, trainerSpec.padId),
    text(44, trainerSpec.unkSurface),
  );
  const normalizer = message(
    3,
    text(1, normalizerSpec.name),
    delimited(2, [...normalizerSpec.precompiledCharsmap]),
    integer(3, Number(normalizerSpec.addDummyPrefix)),
    integer(4, Number(normalizerSpec.removeExtraWhitespaces)),
    integer(5, Number(normalizerSpec.escapeWhitespaces)),
  );
  return Uint8Array.from([...pieces.flatMap(encodePiece), ...trainer, ...normalizer]);
}
