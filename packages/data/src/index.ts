export { batches, type Batches, type BatchesOptions, type PartOfBatch } from './batches.ts';
export { builtinDatasets } from './builtin-datasets.ts';
export { decodeText8 } from './decode-text8.ts';
export { defineDataset } from './define-dataset.ts';
export { encodeText8, TEXT8_NUM_STATES } from './encode-text8.ts';
export { decodeCifar10, type Cifar10 } from './formats/decode-cifar10.ts';
export { encodeCifar10 } from './formats/encode-cifar10.ts';
export { decodeIdx, type IdxArray } from './formats/decode-idx.ts';
export { decodeNpy, type NpyArray } from './formats/decode-npy.ts';
export { decodeSentencePieceModel } from './formats/decode-sentence-piece-model.ts';
export type { NumericArray, NumericData, NumericDtype } from './formats/numeric-array.ts';
export type { DecodeFileOptions } from './formats/open-file-bytes.ts';
export type {
  SentencePiece,
  SentencePieceModel,
  SentencePieceNormalizerSpec,
  SentencePieceTrainerSpec,
  SentencePieceType,
} from './formats/sentence-piece-model.ts';
export { sentencePieceTokenizer, type SentencePieceTokenizer } from './formats/sentence-piece-tokenizer.ts';
export { imageDataset, type ImageDatasetOptions, type ImageSplit, type ImageSplits, type LabelledImages } from './image-dataset.ts';
export { normalizeText8 } from './normalize-text8.ts';
export { packedPieces, type PackedPieces, type PackedPiecesOptions, type PackingOptions } from './packed-pieces.ts';
export type { PieceCounts } from './pack-pieces.ts';
export { quantizeLevels } from './quantize-levels.ts';
export { createDatasetRegistry, type AnyDatasetPlugin, type DatasetConfig, type DatasetOptions, type DatasetRegistry } from './registry.ts';
export { swissRoll, type SwissRollOptions } from './swiss-roll.ts';
export { swissRollPlugin, type SwissRollPluginOptions } from './swiss-roll-plugin.ts';
export { text8Dataset, text8Splits, type Text8, type Text8Options, type Text8Split, type Text8Splits } from './text8-dataset.ts';
