import { packedPieces, type PackedPieces } from '@d3pm/data';
import { readTokenizer } from '@d3pm/data/node';
import { fixturePath } from '../fixture-path.ts';
import { sotuSentences } from './sotu-sentences.ts';

/** Sizes of the vocabularies that come with the program. */
export const SOTU_VOCABULARIES = [1024, 8192] as const;

export interface SotuPiecesOptions {
  /** Pieces of an example; the paper has 128. */
  readonly length: number;
  /** Pieces of the vocabulary. @defaultValue 8192 */
  readonly numPieces?: (typeof SOTU_VOCABULARIES)[number];
}

export interface SotuPieces extends Readonly<Record<string, PackedPieces>> {
  readonly train: PackedPieces;
  readonly valid: PackedPieces;
  readonly test: PackedPieces;
}

/**
 * Sentences of the State of the Union addresses (`sotuSentences`) as packed word pieces, each wrapped in `<S>` and `</S>`: a stand-in
 * for LM1B, which has 450 times as many words. What a word is, for a perplexity per word: see `packedPieces`; here a mark of
 * punctuation belongs to its word, where LM1B has it apart.
 */
export async function sotuPieces({ length, numPieces = 8192 }: SotuPiecesOptions): Promise<SotuPieces> {
  const { tokenizer } = await readTokenizer(fixturePath(`sotu-${numPieces}.model`));
  const { train, valid, test } = sotuSentences();
  const split = (name: string, sentences: readonly string[]): PackedPieces =>
    packedPieces(sentences, { tokenizer, length, numPieces, name: `sotu-pieces/${name}` });
  return { train: split('train', train), valid: split('valid', valid), test: split('test', test) };
}
