import type { Dataset, States } from '@d3pm/core';
import { decodeText8, type PackedPieces } from '@d3pm/data';

/** Data sets in the form of text8, by the names of their plugins. */
const CHARACTERS: readonly string[] = ['text8', 'sotu', 'moby-dick'];

/** What turns states of a data set into texts: its own pieces, or the characters of text8. Undefined where the data is no text. */
export function textDecoder(name: string, data: Dataset | undefined): ((states: States) => readonly string[]) | undefined {
  if (data && 'toText' in data) return (states) => (data as PackedPieces).toText(states);
  return CHARACTERS.includes(name) ? decodeText8 : undefined;
}
