import { assertOptionNames, type DatasetPlugin } from '@d3pm/core';
import { photographs } from './photographs.ts';

/** {@link photographs} by name, for configs: squares of photographs, which come with the program. */
export const photographsPlugin: DatasetPlugin<'photographs', object> = Object.freeze({
  specVersion: 1,
  kind: 'dataset',
  name: 'photographs',
  parse: (options: unknown) => assertOptionNames('photographs', options, []),
  load: async () => photographs(),
});
