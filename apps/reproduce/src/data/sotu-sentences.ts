import { sotuParts, type Speech } from './sotu.ts';

export interface SotuSentences {
  readonly train: readonly string[];
  readonly valid: readonly string[];
  readonly test: readonly string[];
}

/** The white space between a full stop, with what closes after it, and a capital or a figure, with what opens before it. */
const BETWEEN = /(?<=[.!?]["'”’)\]]*) (?=["'“‘([]*[A-Z0-9])/u;

/**
 * The sentences of `sotuParts`, 63,866 in all, in the order of the speeches.
 *
 * A sentence ends with `.`, `!` or `?` where white space and a capital letter or a figure follow; "Mr." ends one too, wrongly.
 */
export function sotuSentences(): SotuSentences {
  const { train, valid, test } = sotuParts();
  const sentences = (speeches: readonly Speech[]): readonly string[] => speeches.flatMap(({ text }) => sentencesOf(text));
  return { train: sentences(train), valid: sentences(valid), test: sentences(test) };
}

/** The sentences of a text, each on one line with single spaces. */
export function sentencesOf(text: string): readonly string[] {
  return text.replaceAll(/\s+/gu, ' ').trim().split(BETWEEN);
}
