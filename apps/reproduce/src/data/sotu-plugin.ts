import { D3pmError, type DatasetPlugin } from '@d3pm/core';
import { sotu } from './sotu.ts';

export interface SotuOptions {
  /** Characters of an example. */
  readonly length: number;
}

/** {@link sotu} by name, for configs: speeches in the form of text8, which come with the program. */
export const sotuPlugin: DatasetPlugin<'sotu', SotuOptions> = Object.freeze({
  specVersion: 1,
  kind: 'dataset',
  name: 'sotu',
  parse: (options: unknown) => {
    const { length, ...rest } = options as Record<string, unknown>;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new D3pmError('INVALID_OPTIONS', `sotu: ${unknown} is unknown; it has length alone`);
    if (!Number.isSafeInteger(length) || (length as number) < 1) {
      throw new D3pmError('INVALID_OPTIONS', `sotu: length is ${JSON.stringify(length)}, expected an integer of 1 or more`);
    }
    return { length: length as number };
  },
  load: async (options: SotuOptions) => {
    const { train, valid, test } = sotu(options);
    return { train, valid, test };
  },
});
