import type { Dataset, States } from '@d3pm/core';
import type { PackedPieces, Text8Split } from '@d3pm/data';

/** What turns states of a data set into texts, where it is one of text. */
export function textDecoder(data: Dataset | undefined): ((states: States) => readonly string[]) | undefined {
  return data && 'toText' in data ? (states) => (data as PackedPieces | Text8Split).toText(states) : undefined;
}
