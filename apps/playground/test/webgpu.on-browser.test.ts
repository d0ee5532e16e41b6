import { afterAll, beforeAll, expect, it } from 'vitest';
import { settled, startSite, waitForText, type Site } from './open-site.ts';

/** A driver in software, which Chromium brings along: WebGPU without a card. */
const SOFTWARE = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan', '--use-vulkan=swiftshader'];

let site: Site;
beforeAll(async () => void (site = await startSite([...SOFTWARE, '--ignore-gpu-blocklist'])));
afterAll(() => site.close());

it('trains on WebGPU in the worker where a person asks for it', async () => {
  const { page } = await site.open({ hash: '#v=1&levels=4&steps=4&t=2&updates=1&engine=webgpu' });
  await settled(page);
  await page.click('#train');
  await waitForText(page, '#train-facts', /^update 1 of 1 · \d+\.\d+ bits per dimension/);
  expect(await page.textContent('#engine-facts')).toMatch(/^webgpu: TensorFlow\.js 4\.22\.0 on a card/);
});
