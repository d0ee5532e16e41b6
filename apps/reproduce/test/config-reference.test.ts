import { expect, it } from 'vitest';
import { configReference } from './config-reference.ts';

// Made anew by `pnpm vitest apps/reproduce/test/config-reference.test.ts --update`.
it('docs/config.md is what the schema makes of it', async () => {
  await expect(await configReference()).toMatchFileSnapshot('../../../docs/config.md');
});

it('says of each field what it is when it is left out', async () => {
  const page = await configReference();
  expect(page).toContain('| `loss.lambda` of hybrid | number ≥ 0 | `0` | weight of the cross-entropy beside the bound, Eq. (5) |');
  expect(page).toContain('| `training.batchSize` | integer ≥ 1 | required |');
  expect(page).toContain('| `training.clipNorm` | number > 0 | – |');
  expect(page).toContain('Names that come with the program: `convolution`, `mlp`,');
});
