import { D3pmError } from '@d3pm/core';
import type { SentencePieceModel } from './sentence-piece-model.ts';
import type { SentencePieceTokenizer } from './sentence-piece-tokenizer.ts';
import { utf8Length } from './utf8-length.ts';

const ESCAPED_SPACE = '\u2581';

/** `decode` of `sentencePieceTokenizer`: pieces joined, U+2581 a space, without the space that encoding puts in front. */
export function sentencePieceDecoder({
  pieces,
  unknownId,
  trainerSpec,
  normalizerSpec,
}: SentencePieceModel): SentencePieceTokenizer['decode'] {
  const { addDummyPrefix, removeExtraWhitespaces } = normalizerSpec;
  const surfaces = pieces.map(({ piece, type }, id) => {
    if (id === unknownId) return trainerSpec.unkSurface;
    return type === 'control' ? '' : piece.replaceAll(ESCAPED_SPACE, ' ');
  });
  const startsWithSpace = pieces.map(({ piece, type }, id) => id !== unknownId && type !== 'control' && piece.startsWith(ESCAPED_SPACE));
  const byteOf = pieces.map(({ piece, type }) => (type === 'byte' ? Number.parseInt(piece.slice(3, 5), 16) : -1));

  return (ids, { mask = '_' } = {}) => {
    let text = '';
    let bytes: number[] = [];
    let atStart = true;
    let spaceIsGone = false;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (!(Number.isInteger(id) && id >= 0 && id <= pieces.length)) {
        throw new D3pmError('STATE_RANGE', `decode: ids[${i}] is ${id}, expected 0…${pieces.length - 1}, or ${pieces.length} for a mask`);
      }
      if (byteOf[id] !== undefined && byteOf[id] >= 0) {
        bytes.push(byteOf[id]);
        continue;
      }
      text += textOfBytes(bytes);
      bytes = [];
      if (spaceIsGone || text !== '') atStart = false;
      const drops = atStart && (addDummyPrefix || removeExtraWhitespaces) && startsWithSpace[id] === true;
      // Where extra spaces are removed, those of all pieces before the first letter are dropped; else one.
      spaceIsGone = drops && !removeExtraWhitespaces;
      text += id === pieces.length ? mask : drops ? surfaces[id]!.slice(1) : surfaces[id]!;
    }
    return text + textOfBytes(bytes);
  };
}

/** UTF-8, each byte that is part of no character as U+FFFD. */
function textOfBytes(bytes: readonly number[]): string {
  if (bytes.length === 0) return '';
  const all = Uint8Array.from(bytes);
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let at = 0; at < all.length;) {
    const length = utf8Length(all, at, all.length);
    try {
      text += strict.decode(all.subarray(at, at + length));
      at += length;
    } catch {
      text += '\uFFFD';
      at++;
    }
  }
  return text;
}
