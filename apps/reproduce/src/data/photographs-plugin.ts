import { assertOptionNames, type DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '@d3pm/data';
import { photographs } from './photographs.ts';

/** {@link photographs} by name, for configs: squares of photographs, which come with the program. */
export const photographsPlugin: DatasetPlugin<'photographs', object> = defineDataset({
  name: 'photographs',
  parse: (options) => assertOptionNames('photographs', options, []),
  load: photographs,
});
