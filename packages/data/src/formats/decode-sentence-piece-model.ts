import { quoted } from '@d3pm/core';
import { likelyCause } from './likely-cause.ts';
import { openFileBytes, type DecodeFileOptions } from './open-file-bytes.ts';
import { protobufFields, type ByteRange, type ProtobufField, type ProtobufSource } from './protobuf-fields.ts';
import { protobufValues, type ProtobufValues } from './protobuf-values.ts';
import type {
  SentencePiece,
  SentencePieceModel,
  SentencePieceNormalizerSpec,
  SentencePieceTrainerSpec,
  SentencePieceType,
} from './sentence-piece-model.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const PIECE_TYPES: ReadonlyMap<number, SentencePieceType> = new Map([
  [1, 'normal'],
  [2, 'unknown'],
  [3, 'control'],
  [4, 'user-defined'],
  [5, 'unused'],
  [6, 'byte'],
]);
const MODEL_TYPES: ReadonlyMap<number, SentencePieceTrainerSpec['modelType']> = new Map([
  [1, 'unigram'],
  [2, 'bpe'],
  [3, 'word'],
  [4, 'char'],
]);

/**
 * Reads the `.model` file of SentencePiece: a protobuf message `ModelProto` of its `sentencepiece_model.proto`.
 *
 *     1: pieces, each 1: piece, 2: score, 3: type · 2: trainer_spec · 3: normalizer_spec
 *
 * As protobuf demands, what the file does not state has the default of the schema, the last of two values counts, two specs are merged,
 * and fields that are not known (a newer SentencePiece, extensions) are skipped. As SentencePiece demands, pieces are not empty, no piece is there twice, and one is unknown.
 *
 * @throws {D3pmError} `INVALID_DATA`, with the offset, for a file that is cut off or no such message, a known field of another wire type
 * or an unknown value, invalid UTF-8, a score that is not finite; `INVALID_OPTIONS` when `bytes` are no Uint8Array.
 */
export function decodeSentencePieceModel(bytes: Uint8Array, options: DecodeFileOptions): SentencePieceModel {
  const damaged = openFileBytes('decodeSentencePieceModel', bytes, options);
  if (bytes.length === 0) throw damaged('is empty, expected a SentencePiece model');
  const cause = likelyCause(bytes);
  const source: ProtobufSource = { bytes, fail: (offset, problem) => damaged(`${problem} (offset ${offset})${cause}`) };
  const values = protobufValues(source);

  const pieces: SentencePiece[] = [];
  const ids = new Map<string, number>();
  let unknownId: number | undefined;
  const trainerSpec = defaultTrainerSpec();
  const normalizerSpec = defaultNormalizerSpec();

  const addPiece = (field: ProtobufField): void => {
    const id = pieces.length;
    const piece = readPiece(source, values, values.message(field, `piece ${id}`), id);
    const first = ids.get(piece.piece);
    if (first !== undefined) throw source.fail(field.offset, `piece ${id} is ${quoted(piece.piece)}, and so is piece ${first}`);
    if (piece.type === 'unknown') {
      if (unknownId !== undefined) throw source.fail(field.offset, `pieces ${unknownId} and ${id} are both unknown, expected one`);
      unknownId = id;
    }
    ids.set(piece.piece, id);
    pieces.push(piece);
  };

  for (const field of protobufFields(source, { start: 0, end: bytes.length })) {
    if (field.number === 1) addPiece(field);
    else if (field.number === 2) readTrainerSpec(source, values, values.message(field, 'trainer_spec'), trainerSpec);
    else if (field.number === 3) readNormalizerSpec(source, values, values.message(field, 'normalizer_spec'), normalizerSpec);
  }
  if (unknownId === undefined)
    throw damaged(`none of its ${pieces.length} pieces is unknown, expected one of type 2, usually "<unk>"${cause}`);
  return { pieces, unknownId, trainerSpec, normalizerSpec };
}

function readPiece(source: ProtobufSource, values: ProtobufValues, range: ProtobufField, id: number): SentencePiece {
  const result: Mutable<SentencePiece> = { piece: '', score: 0, type: 'normal' };
  for (const field of protobufFields(source, range)) {
    if (field.number === 1) result.piece = values.text(field, `piece ${id}`);
    else if (field.number === 2) result.score = values.finiteFloat(field, `score of piece ${id}`);
    else if (field.number === 3) result.type = values.oneOf(field, `type of piece ${id}`, PIECE_TYPES);
  }
  if (result.piece === '') throw source.fail(range.offset, `piece ${id} is empty`);
  return result;
}

function readTrainerSpec(source: ProtobufSource, values: ProtobufValues, range: ByteRange, spec: Mutable<SentencePieceTrainerSpec>): void {
  for (const field of protobufFields(source, range)) {
    switch (field.number) {
      case 3:
        spec.modelType = values.oneOf(field, 'model_type', MODEL_TYPES);
        break;
      case 4:
        spec.vocabSize = values.int32(field, 'vocab_size');
        break;
      case 24:
        spec.treatWhitespaceAsSuffix = values.bool(field, 'treat_whitespace_as_suffix');
        break;
      case 35:
        spec.byteFallback = values.bool(field, 'byte_fallback');
        break;
      case 40:
        spec.unkId = values.int32(field, 'unk_id');
        break;
      case 41:
        spec.bosId = values.int32(field, 'bos_id');
        break;
      case 42:
        spec.eosId = values.int32(field, 'eos_id');
        break;
      case 43:
        spec.padId = values.int32(field, 'pad_id');
        break;
      case 44:
        spec.unkSurface = values.text(field, 'unk_surface');
        break;
    }
  }
}

function readNormalizerSpec(
  source: ProtobufSource,
  values: ProtobufValues,
  range: ByteRange,
  spec: Mutable<SentencePieceNormalizerSpec>,
): void {
  for (const field of protobufFields(source, range)) {
    switch (field.number) {
      case 1:
        spec.name = values.text(field, 'normalizer name');
        break;
      case 2:
        spec.precompiledCharsmap = values.bytes(field, 'precompiled_charsmap');
        break;
      case 3:
        spec.addDummyPrefix = values.bool(field, 'add_dummy_prefix');
        break;
      case 4:
        spec.removeExtraWhitespaces = values.bool(field, 'remove_extra_whitespaces');
        break;
      case 5:
        spec.escapeWhitespaces = values.bool(field, 'escape_whitespaces');
        break;
    }
  }
}

/** The defaults of the schema. */
function defaultTrainerSpec(): Mutable<SentencePieceTrainerSpec> {
  return {
    modelType: 'unigram',
    vocabSize: 8000,
    treatWhitespaceAsSuffix: false,
    byteFallback: false,
    unkId: 0,
    bosId: 1,
    eosId: 2,
    padId: -1,
    unkSurface: ' \u2047 ',
  };
}

function defaultNormalizerSpec(): Mutable<SentencePieceNormalizerSpec> {
  return {
    name: '',
    precompiledCharsmap: new Uint8Array(),
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
}
