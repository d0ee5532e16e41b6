import { assertOptionNames, type DatasetPlugin } from '@d3pm/core';
import { digits } from './digits.ts';

/** {@link digits} by name, for configs: small images that come with the program. */
export const digitsPlugin: DatasetPlugin<'digits', object> = Object.freeze({
  specVersion: 1,
  kind: 'dataset',
  name: 'digits',
  parse: (options: unknown) => assertOptionNames('digits', options, []),
  load: async () => digits(),
});
