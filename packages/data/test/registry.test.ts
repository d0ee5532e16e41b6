import type { DatasetPlugin } from '@d3pm/core';
import { defaultRegistry } from '@d3pm/core/default-registry';
import { builtinDatasets, createDatasetRegistry, defineDataset, swissRollPlugin, type DatasetConfig } from '@d3pm/data';
import { text8Plugin } from '@d3pm/data/node';
import { expect, it } from 'vitest';

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

it('registers itself only through ./register', async () => {
  expect(defaultRegistry('dataset').names).toEqual([]);
  await import('@d3pm/data/register');
  expect(defaultRegistry('dataset').find('swiss-roll')).toBe(swissRollPlugin);
});
