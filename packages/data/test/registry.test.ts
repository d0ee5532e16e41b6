import type { Dataset, DatasetPlugin } from '@d3pm/core';
import { defaultRegistry } from '@d3pm/core/default-registry';
import { builtinDatasets, createDatasetRegistry, defineDataset, swissRollPlugin, type DatasetConfig } from '@d3pm/data';
import { text8Plugin } from '@d3pm/data/node';
import { describe, expect, it } from 'vitest';

/** A data set of somebody else's. */
const coins: DatasetPlugin<'acme/coins', { readonly size: number }> = {
  specVersion: 1,
  kind: 'dataset',
  name: 'acme/coins',
  parse: (options: unknown) => ({ size: (options as { size: number }).size }),
  load: async ({ size }) => ({
    train: {
      name: 'coins/train',
      numStates: 2,
      exampleShape: [1],
      size,
      examples: (indices, rng) => ({
        values: Int32Array.from(indices, (index) => rng.split('coin').integer(2, index)),
        shape: [indices.length, 1],
      }),
    },
  }),
};
const registry = createDatasetRegistry(builtinDatasets).with(coins, text8Plugin);
const roll: DatasetConfig = { name: 'swiss-roll', size: 5, numStates: 8, seed: 1 };

it('loads the splits of a config, and typed ones by name', async () => {
  expect(registry.names).toEqual(['swiss-roll', 'acme/coins', 'text8']);
  expect(Object.keys(await registry.fromConfig(roll))).toEqual(['train', 'test']);
  const { train } = await registry.load('acme/coins', { size: 3 });
  expect(train!.size).toBe(3);
  expect((await registry.fromConfig({ name: 'acme/coins', size: 4 } as { readonly name: string }))['train']!.size).toBe(4);
});

it('a malformed name is refused when a plugin is defined', () => {
  expect(() => defineDataset({ ...coins, name: 'Acme Coins' })).toThrow(/"Acme Coins" must be kebab-case/);
});

it('rejects, with a code', async () => {
  await expect(registry.fromConfig({ name: 'swiss' })).rejects.toMatchObject({ code: 'UNKNOWN_NAME' });
  await expect(registry.fromConfig({ ...roll, size: 0 } as DatasetConfig)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  await expect(registry.fromConfig(null as never)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  await expect(registry.fromConfig({ name: 'text8', path: '/nowhere/text8', length: 4 } as DatasetConfig)).rejects.toMatchObject({
    code: 'INVALID_DATA',
  });
  // @ts-expect-error an option is missing
  const missing: DatasetConfig = { name: 'swiss-roll', size: 5, numStates: 8 };
  await expect(registry.fromConfig(missing)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
});

describe('what a plugin loads is looked at', () => {
  const examplesOf =
    (shape: readonly number[], state = 0): Dataset['examples'] =>
    (indices) => ({
      values: new Int32Array(indices.length * shape.reduce((a, b) => a * b, 1)).fill(state),
      shape: [indices.length, ...shape],
    });
  const points: Dataset = { name: 'points/train', numStates: 5, exampleShape: [4], size: 10, examples: examplesOf([4]) };
  const load = (splits: unknown): Promise<unknown> => {
    const plugin = { ...coins, name: 'acme/points', load: async () => splits as Readonly<Record<string, Dataset>> } as const;
    return createDatasetRegistry([plugin]).load('acme/points', { size: 1 });
  };

  it('and given as it came', async () => {
    const splits = { train: points, extra: { ...points, size: 1 } };
    expect(await load(splits)).toBe(splits);
  });

  it.each<[string, unknown, string, string]>([
    ['nothing', undefined, 'INVALID_DATA', 'acme/points: load gave undefined'],
    ['a split that is none', { train: undefined }, 'INVALID_DATA', 'acme/points, split train: this is no data set'],
    ['no example', { train: points, test: { ...points, size: 0 } }, 'INVALID_OPTIONS', 'acme/points, split test: size is 0'],
    ['no state', { train: { ...points, numStates: undefined } }, 'INVALID_OPTIONS', 'numStates is undefined'],
    ['no shape', { train: { ...points, exampleShape: 4 } }, 'SHAPE', 'exampleShape is 4'],
    [
      'examples of another shape',
      { train: { ...points, examples: examplesOf([3]) } },
      'SHAPE',
      '2 examples of points/train are of shape [2, 3], expected [2, 4] by its exampleShape',
    ],
    ['examples without a shape', { train: { ...points, examples: () => ({}) } }, 'SHAPE', 'without a shape'],
    [
      'values that are no states',
      { train: { ...points, examples: () => ({ values: [0, 0, 0, 0, 0, 0, 0, 0], shape: [2, 4] }) } },
      'DTYPE',
      'no Int32Array',
    ],
    ['states that there are none of', { train: { ...points, examples: examplesOf([4], 5) } }, 'STATE_RANGE', 'has state 5'],
  ])('and refused: %s', async (_, splits, code, message) => {
    await expect(load(splits)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});

it('registers itself only through ./register', async () => {
  expect(defaultRegistry('dataset').names).toEqual([]);
  await import('@d3pm/data/register');
  expect(defaultRegistry('dataset').find('swiss-roll')).toBe(swissRollPlugin);
});
