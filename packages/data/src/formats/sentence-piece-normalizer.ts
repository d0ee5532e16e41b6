import { longestKey, nextNode, type ByteTrie } from './byte-trie.ts';
import { sentencePieceCharsmap } from './sentence-piece-charsmap.ts';
import type { SentencePieceModel } from './sentence-piece-model.ts';
import { utf8Length } from './utf8-length.ts';

const ASCII = 0x80;
const SPACE = 0x20;
/** U+2581 in UTF-8, which stands for a space in a piece. */
const ESCAPED = Uint8Array.of(0xe2, 0x96, 0x81);

/**
 * What SentencePiece does to a text before it is cut: replaces by the compiled table, longest key first; joins runs of spaces and
 * drops those at both ends; puts a space in front (or at the end); writes spaces as U+2581. What the user has defined stays as it is.
 *
 * @param userDefined those symbols, in UTF-8
 * @returns a function from UTF-8 to UTF-8; its result is overwritten by the next call
 * @throws {D3pmError} `INVALID_DATA` for a damaged table
 */
export function sentencePieceNormalizer(
  { normalizerSpec, trainerSpec }: Pick<SentencePieceModel, 'normalizerSpec' | 'trainerSpec'>,
  userDefined: ByteTrie,
): (text: Uint8Array) => Uint8Array {
  const { addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces, precompiledCharsmap } = normalizerSpec;
  const charsmap = precompiledCharsmap.length === 0 ? undefined : sentencePieceCharsmap(precompiledCharsmap);
  const space = escapeWhitespaces ? ESCAPED : Uint8Array.of(SPACE);
  /** Most of a text: ASCII letters that nothing is done to. */
  const stays = Uint8Array.from({ length: 256 }, (_, byte) =>
    Number(byte < ASCII && byte !== SPACE && nextNode(userDefined, 0, byte) === -1 && charsmap?.staysBeforeAscii(byte) !== false),
  );
  let out = new Uint8Array(256);
  let length = 0;

  const reserve = (more: number): void => {
    if (length + more <= out.length) return;
    const larger = new Uint8Array(2 * (length + more));
    larger.set(out);
    out = larger;
  };
  const append = (bytes: Uint8Array, start: number, end: number): void => {
    reserve(ESCAPED.length * (end - start));
    for (let i = start; i < end; i++) {
      if (bytes[i] === SPACE) for (const byte of space) out[length++] = byte;
      else out[length++] = bytes[i]!;
    }
  };
  const appendSpace = (): void => append(space, 0, space.length);
  const endsWithSpace = (): boolean => length >= space.length && space.every((byte, i) => out[length - space.length + i] === byte);

  /** The next character, symbol or key of the table: how long it is, and the bytes that stand for it. */
  const chunkAt = (text: Uint8Array, at: number): Chunk => {
    const symbol = longestKey(userDefined, text, at);
    if (symbol > 0) return { length: symbol, bytes: text, start: at, end: at + symbol };
    const match = charsmap?.longestMatch(text, at, text.length);
    if (match !== undefined) return { length: match.length, bytes: charsmap!.bytes, start: match.start, end: match.end };
    const character = utf8Length(text, at, text.length);
    return { length: character, bytes: text, start: at, end: at + character };
  };
  const isOneSpace = ({ bytes, start, end }: Chunk): boolean => end - start === 1 && bytes[start] === SPACE;

  return (text) => {
    length = 0;
    let at = 0;
    if (removeExtraWhitespaces) {
      for (let chunk; at < text.length && isOneSpace((chunk = chunkAt(text, at)));) at += chunk.length;
    }
    if (at === text.length) return out.subarray(0, 0);
    const asSuffix = trainerSpec.treatWhitespaceAsSuffix;
    if (addDummyPrefix && !asSuffix) appendSpace();
    let afterSpace = removeExtraWhitespaces;
    while (at < text.length) {
      if (stays[text[at]!] === 1 && (at + 1 === text.length || text[at + 1]! < ASCII)) {
        reserve(1);
        out[length++] = text[at++]!;
        afterSpace = false;
        continue;
      }
      const chunk = chunkAt(text, at);
      const { bytes, end } = chunk;
      let { start } = chunk;
      while (afterSpace && start < end && bytes[start] === SPACE) start++;
      if (start < end) {
        append(bytes, start, end);
        afterSpace = removeExtraWhitespaces && bytes[end - 1] === SPACE;
      }
      at += chunk.length;
    }
    if (removeExtraWhitespaces) while (endsWithSpace()) length -= space.length;
    if (addDummyPrefix && asSuffix) appendSpace();
    return out.subarray(0, length);
  };
}

interface Chunk {
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}
