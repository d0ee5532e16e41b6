import type { DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '@d3pm/data';
import { sotu } from './sotu.ts';
import { parseStandInOptions } from './parse-stand-in-options.ts';

export interface SotuOptions {
  /** Characters of an example. */
  readonly length: number;
}

/** {@link sotu} by name, for configs: speeches in the form of text8, which come with the program. */
export const sotuPlugin: DatasetPlugin<'sotu', SotuOptions> = defineDataset({
  name: 'sotu',
  parse: (options): SotuOptions => parseStandInOptions('sotu', options, {}),
  load: async (options) => sotu(options),
});
