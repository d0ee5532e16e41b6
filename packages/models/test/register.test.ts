import { defaultRegistry } from '@d3pm/core/default-registry';
import { expect, it } from 'vitest';

it('only `register` puts the models in the process-wide registry', async () => {
  await import('@d3pm/models');
  expect(defaultRegistry('model').names).toEqual([]);
  await import('@d3pm/models/register');
  expect(defaultRegistry('model').names).toEqual(['mlp', 'transformer', 'convolution', 'u-net', 't5']);
});
