import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { bibliography } from '../src/cite/bibliography.ts';
import { citation } from '../src/cite/citation.ts';
import { presets } from '../src/config/presets.ts';
import { parseTrainConfig } from '../src/config/read-train-config.ts';
import { cliBed } from './cli-bed.ts';

const { at, d3pm, remove } = cliBed();
afterAll(remove);
const keysOf = async (text: string): Promise<readonly (string | undefined)[]> =>
  (await citation(parseTrainConfig(text).config)).map(({ key }) => key);

describe('citation', () => {
  it('names the paper of D3PM first, then what the config stands on', async () => {
    expect(await keysOf('preset: cifar10/gauss-logistic')).toEqual([
      'austin2021structured',
      'ho2020denoising',
      'salimans2017pixelcnn',
      'krizhevsky2009learning',
      'kingma2015adam',
    ]);
    expect(await keysOf('preset: text8/uniform')).toEqual([
      'austin2021structured',
      'hoogeboom2021argmax',
      'nichol2021improved',
      'raffel2020exploring',
      'mahoney2011text8',
      'kingma2015adam',
    ]);
    const [, gauss] = await citation(parseTrainConfig('preset: cifar10/gauss').config);
    expect(gauss!.uses).toEqual(['transition discretized-gaussian', 'schedule linear-variance', 'model u-net']);
  });

  it('has an entry of its own key for every paper, each of which a preset or a data set uses', async () => {
    const used = new Set<string | undefined>();
    for (const { config } of presets()) for (const { key } of await citation({ seed: 1, ...config })) used.add(key);
    for (const [key, entry] of Object.entries(bibliography)) {
      expect(entry).toMatch(
        new RegExp(`^@(article|inproceedings|misc|techreport)\\{${key},\\n {2}title = \\{.+\\},\\n {2}author = \\{.+\\},\\n`),
      );
      expect(entry.match(/\{/g)).toHaveLength(entry.match(/\}/g)!.length);
    }
    // No table is of MNIST.
    expect(Object.keys(bibliography).filter((key) => !used.has(key))).toEqual(['lecun1998gradient']);
  });

  it('has what a plugin of somebody else says, after the rest', async () => {
    const file = at('sky.mjs');
    writeFileSync(
      file,
      "export const sky = { specVersion: 1, kind: 'dataset', name: 'acme/sky', citation: '@misc{sky}', parse: () => ({}), load: () => ({}) };\n",
    );
    const { config } = parseTrainConfig(`preset: text8/absorbing\nplugins: ['${file}']\ndata: acme/sky`);
    expect((await citation(config)).at(-1)).toEqual({ bibtex: '@misc{sky}', uses: ['data acme/sky'] });
  });

  it('is printed by d3pm cite, for a preset, a file or a run', () => {
    const cite = (...args: readonly string[]): ReturnType<typeof d3pm> => d3pm('cite', ...args);
    const { out, code } = cite('text8/uniform');
    expect([code, out]).toEqual([0, expect.stringContaining('% schedule cosine\n@inproceedings{nichol2021improved,\n')]);
    expect(JSON.parse(cite('text8/uniform', '--json').out)).toHaveLength(6);
    expect(cite('nowhere')).toMatchObject({ code: 2, out: '' });
  });
});
