import type { DatasetPlugin } from '@d3pm/core';

/** A data set plugin of this specification; infers its types and registers nothing. */
export function defineDataset<const N extends string, O>(
  definition: Omit<DatasetPlugin<N, O>, 'kind' | 'specVersion'>,
): DatasetPlugin<N, O> {
  return Object.freeze({ specVersion: 1, kind: 'dataset', ...definition } as const);
}
