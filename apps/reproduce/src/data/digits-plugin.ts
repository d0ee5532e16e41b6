import { assertOptionNames, type DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '@d3pm/data';
import { digits } from './digits.ts';

/** {@link digits} by name, for configs: small images that come with the program. */
export const digitsPlugin: DatasetPlugin<'digits', object> = defineDataset({
  name: 'digits',
  parse: (options) => assertOptionNames('digits', options, []),
  load: digits,
});
