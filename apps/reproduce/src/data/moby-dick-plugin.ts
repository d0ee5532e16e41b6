import { D3pmError, type DatasetPlugin } from '@d3pm/core';
import { mobyDick } from '../moby-dick.ts';

export interface MobyDickOptions {
  /** Characters of an example. */
  readonly length: number;
}

/** {@link mobyDick} by name, for configs: a book in the form of text8, which comes with the program. */
export const mobyDickPlugin: DatasetPlugin<'moby-dick', MobyDickOptions> = Object.freeze({
  specVersion: 1,
  kind: 'dataset',
  name: 'moby-dick',
  parse: (options: unknown) => {
    const { length, ...rest } = options as Record<string, unknown>;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new D3pmError('INVALID_OPTIONS', `moby-dick: ${unknown} is unknown; it has length alone`);
    if (!Number.isSafeInteger(length) || (length as number) < 1) {
      throw new D3pmError('INVALID_OPTIONS', `moby-dick: length is ${JSON.stringify(length)}, expected an integer of 1 or more`);
    }
    return { length: length as number };
  },
  load: async (options: MobyDickOptions) => {
    const { train, valid, test } = mobyDick(options);
    return { train, valid, test };
  },
});
