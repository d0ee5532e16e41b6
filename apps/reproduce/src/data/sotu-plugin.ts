import type { DatasetPlugin } from '@d3pm/core';
import { sotu } from './sotu.ts';
import { parseStandInOptions } from './parse-stand-in-options.ts';

export interface SotuOptions {
  /** Characters of an example. */
  readonly length: number;
}

/** {@link sotu} by name, for configs: speeches in the form of text8, which come with the program. */
export const sotuPlugin: DatasetPlugin<'sotu', SotuOptions> = Object.freeze({
  specVersion: 1,
  kind: 'dataset',
  name: 'sotu',
  parse: (options: unknown) => parseStandInOptions('sotu', options, {}),
  load: async (options: SotuOptions) => sotu(options),
});
