import { assertInteger, createRng, D3pmError, type Dataset } from '@d3pm/core';
import { assertExamples } from './assert-examples.ts';

/**
 * Throws unless what a plugin has loaded is splits by name: their sizes, and the first and the last example of each.
 *
 * @throws {D3pmError} `INVALID_DATA` for what is no data set, `INVALID_OPTIONS` for its numbers, and as {@link assertExamples}.
 */
export function assertSplits(plugin: string, splits: unknown): asserts splits is Readonly<Record<string, Dataset>> {
  if (typeof splits !== 'object' || splits === null) {
    throw new D3pmError(
      'INVALID_DATA',
      `${plugin}: load gave ${String(splits)}, expected data sets by the names of their splits, { train, test }`,
    );
  }
  for (const [name, split] of Object.entries(splits)) assertDataset(`${plugin}, split ${name}`, split);
}

function assertDataset(caller: string, dataset: Partial<Dataset> | null | undefined): void {
  if (typeof dataset?.examples !== 'function' || typeof dataset.name !== 'string') {
    throw new D3pmError(
      'INVALID_DATA',
      `${caller}: this is no data set; expected { name, numStates, exampleShape, size, examples(indices, rng) }`,
    );
  }
  const { numStates, exampleShape, size } = dataset;
  assertInteger(caller, 'numStates', numStates, 1);
  assertInteger(caller, 'size', size, 1);
  if (!Array.isArray(exampleShape) || !exampleShape.every((axis) => Number.isSafeInteger(axis) && axis >= 1)) {
    throw new D3pmError(
      'SHAPE',
      `${caller}: exampleShape is ${JSON.stringify(exampleShape)}, expected a list of sizes that are at least 1`,
    );
  }
  const indices = size === 1 ? [0] : [0, size - 1];
  assertExamples(caller, dataset as Dataset, dataset.examples(indices, createRng('first and last')), indices.length);
}
