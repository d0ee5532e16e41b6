import { D3pmError } from '@d3pm/core';

/** The 27 symbols of text8: a…z are 0…25, space is 26. A mask, where there is one, is 27. */
export const TEXT8_NUM_STATES = 27;

/**
 * The symbols of a text of a–z and space, 0…26, one byte each.
 *
 * @param text A string, or the bytes of a file.
 * @throws {D3pmError} `INVALID_DATA` naming the first other character and its offset (in characters
 * of a string, in bytes of a file).
 */
export function encodeText8(text: string | Uint8Array): Uint8Array {
  const codeAt = typeof text === 'string' ? (i: number) => text.charCodeAt(i) : (i: number) => text[i]!;
  const symbols = new Uint8Array(text.length);
  for (let i = 0; i < symbols.length; i++) {
    const code = codeAt(i);
    if (code >= 97 && code <= 122) symbols[i] = code - 97;
    else if (code === 32) symbols[i] = 26;
    else {
      throw new D3pmError(
        'INVALID_DATA',
        `encodeText8: ${describe(text, i)} at offset ${i}, expected a–z or space; normalizeText8 makes such a text of any English prose`,
      );
    }
  }
  return symbols;
}

function describe(text: string | Uint8Array, offset: number): string {
  const code = typeof text === 'string' ? text.codePointAt(offset)! : text[offset]!;
  if (code < 0x7f) return `character ${JSON.stringify(String.fromCharCode(code))}`;
  const hex = code.toString(16).toUpperCase();
  return typeof text === 'string' ? `character U+${hex.padStart(4, '0')}` : `byte 0x${hex}`;
}
