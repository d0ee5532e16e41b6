import type { DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '@d3pm/data';
import { mobyDick } from './moby-dick.ts';
import { parseStandInOptions } from './parse-stand-in-options.ts';

export interface MobyDickOptions {
  /** Characters of an example. */
  readonly length: number;
}

/** {@link mobyDick} by name, for configs: a book in the form of text8, which comes with the program. */
export const mobyDickPlugin: DatasetPlugin<'moby-dick', MobyDickOptions> = defineDataset({
  name: 'moby-dick',
  parse: (options): MobyDickOptions => parseStandInOptions('moby-dick', options, {}),
  load: async (options) => mobyDick(options),
});
