/** What a piece stands for. Only normal pieces and those of the user are found in a text. */
export type SentencePieceType = 'normal' | 'unknown' | 'control' | 'user-defined' | 'unused' | 'byte';

export interface SentencePiece {
  /** Its text, never empty and no other piece's. A space is U+2581 where the normalizer escapes it. */
  readonly piece: string;
  /** A finite float32; in a unigram model its log-probability in nats. */
  readonly score: number;
  readonly type: SentencePieceType;
}

/** How the vocabulary was made, and the ids that the trainer meant; −1 is none. */
export interface SentencePieceTrainerSpec {
  readonly modelType: 'unigram' | 'bpe' | 'word' | 'char';
  /** What was asked for: an edited model may have more or fewer pieces. */
  readonly vocabSize: number;
  readonly treatWhitespaceAsSuffix: boolean;
  readonly byteFallback: boolean;
  readonly unkId: number;
  readonly bosId: number;
  readonly eosId: number;
  readonly padId: number;
  /** What an unknown piece becomes in decoded text. */
  readonly unkSurface: string;
}

/** What is done to a text before it is cut into pieces. */
export interface SentencePieceNormalizerSpec {
  readonly name: string;
  /** A compiled table of replacements, empty for none. The caller owns it. */
  readonly precompiledCharsmap: Uint8Array<ArrayBuffer>;
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  readonly escapeWhitespaces: boolean;
}

export interface SentencePieceModel {
  /** By id. */
  readonly pieces: readonly SentencePiece[];
  /** The id of the one unknown piece: what counts, should `trainerSpec.unkId` be another. */
  readonly unknownId: number;
  readonly trainerSpec: SentencePieceTrainerSpec;
  readonly normalizerSpec: SentencePieceNormalizerSpec;
}
