import { assertPlugin, type DatasetPlugin } from '@d3pm/core';

/**
 * A data set plugin of this specification; infers its types and registers nothing.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a malformed name.
 */
export function defineDataset<const N extends string, O>(
  definition: Omit<DatasetPlugin<N, O>, 'kind' | 'specVersion'>,
): DatasetPlugin<N, O> {
  assertPlugin({ specVersion: 1, kind: 'dataset', name: definition.name }, 'dataset');
  return Object.freeze({ specVersion: 1, kind: 'dataset', ...definition } as const);
}
