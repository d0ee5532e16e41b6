import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settled, startSite, waitForText, type Site } from './open-site.ts';

const CLI = fileURLToPath(new URL('../../reproduce/dist/cli.js', import.meta.url));

let site: Site;
let folder: string;
beforeAll(async () => {
  site = await startSite();
  folder = mkdtempSync(join(tmpdir(), 'd3pm-playground-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await site.close();
});

async function sample(page: Page): Promise<void> {
  await page.waitForSelector('#sample-button:not([disabled])', { timeout: 240_000 });
  await page.click('#sample-button');
  await waitForText(page, '#sample-status', /^There is a sample\.$/);
}

/** A checkpoint of the command line: its folder. */
function checkpoint(name: string, config: unknown): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(config));
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'train', path, '--out', join(folder, name), '--engine', 'cpu'], {
    encoding: 'utf8',
    cwd: folder,
  });
  if (status !== 0) throw new Error(`d3pm train has ended with ${status}: ${stderr}`);
  return join(folder, name, 'ckpt-00000004');
}

const TEXT = {
  data: { name: 'moby-dick', length: 24 },
  transition: { name: 'absorbing' },
  schedule: { name: 'inverse-remaining', numSteps: 12 },
  model: { name: 'transformer', numChannels: 8, numBlocks: 1, numHeads: 2 },
  loss: { name: 'exact-count' },
  training: { numSteps: 4, batchSize: 4, eventEvery: 2, emaDecay: 0.9 },
  evaluation: { samples: 0, testExamples: 0 },
};
const ROLL = {
  ...TEXT,
  data: { name: 'swiss-roll', size: 200, numStates: 16, seed: 1 },
  transition: { name: 'uniform' },
  schedule: { name: 'cosine', numSteps: 8 },
  model: { name: 'mlp', numChannels: 8 },
  loss: { name: 'hybrid', lambda: 0.01 },
};

describe('training in the tab', () => {
  it('learns a swiss roll on wasm, draws its loss, and samples', async () => {
    const { page, requests, complaints } = await site.open({ hash: '#v=1&levels=16&steps=20&t=5&updates=60' });
    await settled(page);
    await page.click('#train');
    await waitForText(page, '#train-facts', /^update 60 of 60 · \d+\.\d+ bits per dimension/);
    expect(await page.textContent('#engine-facts')).toMatch(/^wasm: TensorFlow\.js 4\.22\.0 on the processor \(first that started/);
    expect(await page.textContent('#loss-name')).toContain('the bound without its prior term');
    expect(await page.getAttribute('#loss-chart', 'aria-label')).toMatch(/^Loss after 60 of 60 updates: /);
    expect(await page.$$eval('#loss-chart path.line-1', (paths) => paths[0]!.getAttribute('d')!.split('L').length)).toBe(6);
    await sample(page);
    await waitForText(page, '#sample-caption', /^t = 0, a sample$/);
    expect(await page.textContent('#network-facts')).toMatch(/^Trained here on the swiss roll, 60 updates\. .+ K = 16, T = 20\.$/);
    await page.fill('#sample-frame', '0');
    await waitForText(page, '#sample-caption', /t = 20 of 20/);
    expect(requests.some((request) => request.endsWith('.wasm'))).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('stops when told to, and what it has learned can be sampled from', async () => {
    const { page, complaints } = await site.open({ hash: '#v=1&levels=8&steps=10&t=5&updates=5000' });
    await settled(page);
    await page.click('#train');
    await waitForText(page, '#train-facts', /^update \d+ of 5000/);
    await page.click('#stop-training');
    await page.waitForSelector('#train:not([disabled])', { timeout: 240_000 });
    await waitForText(page, '#network-facts', /^Trained here on the swiss roll, \d{1,3} updates/);
    await sample(page);
    expect(complaints).toEqual([]);
  });

  it('learns characters from the book that comes with it, and writes some', async () => {
    const { page, requests, complaints } = await site.open({
      hash: '#v=1&data=characters&family=absorbing&schedule=inverse-remaining&steps=12&t=3&updates=2',
    });
    await settled(page);
    await page.click('#train');
    await sample(page);
    expect(requests.filter((request) => request.endsWith('/moby-dick.txt'))).toHaveLength(1);
    const texts = await page.$$eval('#sample-states p', (paragraphs) => paragraphs.map(({ textContent }) => textContent));
    expect(texts).toHaveLength(4);
    for (const text of texts) expect(text).toMatch(/^[a-z ]{96}$/);
    expect(complaints).toEqual([]);
  });

  it('says why it cannot: a text that is too short, choices that do not go together', async () => {
    const { page } = await site.open({
      hash: '#v=1&data=characters&family=absorbing&schedule=inverse-remaining&corpus=own&ownText=too+short',
    });
    await settled(page);
    expect(await page.textContent('#own-hint')).toMatch(/^9 characters; at least 1280/);
    await page.click('#train');
    await waitForText(page, '#learn-problem-text', /one example needs 64; take a longer text/);
    await page.selectOption('#family', 'discretized-gaussian');
    await page.click('#train');
    await waitForText(page, '#learn-problem-text', /the schedule is a jump-probability, expected a variance/);
    expect(await page.isEnabled('#train')).toBe(true);
  });

  it('says that its worker could not be started', async () => {
    const { page } = await site.open({ hash: '#v=1&levels=8&steps=10&t=5' });
    await settled(page);
    await page.route('**/learn-worker.js', (route) => route.abort());
    await page.click('#train');
    await waitForText(page, '#learn-problem-text', /^the worker that trains has ended: /);
    expect(await page.isEnabled('#train')).toBe(true);
  });
});

describe('a checkpoint of the command line', () => {
  it.each([
    ['text', TEXT, /^From a checkpoint \(ema\.safetensors\) of a transformer trained on moby-dick\. .+ absorbing noise, K = 28, T = 12\.$/],
    ['roll', ROLL, /^From a checkpoint \(ema\.safetensors\) of a mlp trained on swiss-roll\. .+ uniform noise, K = 16, T = 8\.$/],
  ] as const)('is loaded and sampled from: %s', async (name, config, facts) => {
    const path = checkpoint(name, config);
    const { page, complaints } = await site.open();
    await settled(page);
    await page.setInputFiles('#files', [join(path, 'config.json'), join(path, 'ema.safetensors'), join(path, 'optimizer.safetensors')]);
    await waitForText(page, '#load-note', /^Loaded/);
    expect(await page.textContent('#network-facts')).toMatch(facts);
    await sample(page);
    await waitForText(page, '#sample-caption', /^t = 0, a sample$/);
    expect(complaints).toEqual([]);
  });

  it('has the weights that are not averaged where no others are picked, and writes in the alphabet of its data', async () => {
    const path = checkpoint('again', TEXT);
    const { page } = await site.open();
    await settled(page);
    await page.setInputFiles('#files', [join(path, 'config.json'), join(path, 'model.safetensors')]);
    await waitForText(page, '#network-facts', /^From a checkpoint \(model\.safetensors\)/);
    await sample(page);
    const texts = await page.$$eval('#sample-states p', (paragraphs) => paragraphs.map(({ textContent }) => textContent));
    expect(texts).toHaveLength(4);
    for (const text of texts) expect(text).toMatch(/^[a-z ]{24}$/);
  });

  it('of other data, or with a file missing or damaged, is refused with the reason', async () => {
    const path = checkpoint('refused', TEXT);
    const { page, complaints } = await site.open();
    await settled(page);
    const files = (
      config: string,
      weights?: Buffer,
    ): readonly { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }[] => [
      { name: 'config.json', mimeType: 'application/json', buffer: Buffer.from(config) },
      ...(weights ? [{ name: 'model.safetensors', mimeType: '', buffer: weights }] : []),
    ];
    await page.setInputFiles('#files', [...files(JSON.stringify({ config: { ...TEXT, data: { name: 'mnist' } } }), Buffer.alloc(16))]);
    await waitForText(page, '#learn-problem-text', /trained on "mnist", and this page shows samples of moby-dick, text8, swiss-roll only/);
    await page.setInputFiles('#files', [join(path, 'config.json')]);
    await waitForText(page, '#learn-problem-text', /^ema\.safetensors or model\.safetensors is missing among config\.json/);
    await page.setInputFiles('#files', [...files(JSON.stringify({ config: TEXT }), Buffer.alloc(16, 255))]);
    await waitForText(page, '#learn-problem-text', /it is no safetensors file/);
    expect(await page.isDisabled('#sample-button')).toBe(true);
    expect(complaints).toEqual([]);
  });
});
